-- A topic's subscriptions carry its id, and not its key: deleted, its key is free at once, and its subscriptions go in
-- pieces (topic_removed) without being anybody's meanwhile. `subscribers` is kept in the transactions that change them.
create table topic (
  environment_id integer not null,
  key text collate "C" not null,
  id uuid not null unique,
  name text,
  description text,
  subscribers integer not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (environment_id, key)
);

create table topic_removed (
  environment_id integer not null,
  id uuid not null,
  primary key (environment_id, id)
);

-- Pages of one topic by recipient are one range of the key.
create table subscription (
  environment_id integer not null,
  topic uuid not null,
  recipient text collate "C" not null,
  subscribed_at bigint not null,
  primary key (environment_id, topic, recipient)
);
create index subscription_recipient on subscription (environment_id, recipient, topic);

-- Where an event stands among the subscribers of its topics (domain/audience-place.ts); null while it is at those it names.
alter table event add column position text;
alter table continuation add column position text;

-- 1 where the message is of an event with topics: only those are found by event while they are open, and no other pays for it.
alter table message add column expanded smallint;
create index message_expanded on message (event_id, due_at) where expanded = 1 and due_at is not null;
