-- Of an event that a step of a workflow has sent: the first event of all that led to it, and how many steps lie between. Null for one
-- that is its own.
alter table event add column root text;
alter table event add column depth integer not null default 0;

-- How many events, and messages of them, have come of one first event.
create table derived (
  environment_id integer not null,
  root text not null,
  events integer not null,
  messages integer not null,
  expires_at integer not null,
  primary key (environment_id, root)
) strict, without rowid;
create index derived_expiry on derived (expires_at);
