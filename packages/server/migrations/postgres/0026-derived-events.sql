-- Of an event that a step of a workflow has sent: the first event of all that led to it, and how many steps lie between. Null for one
-- that is its own.
alter table event add column root uuid, add column depth smallint not null default 0;

-- How many events, and messages of them, have come of one first event. Its row is what turns on such events lock, behind throttles and in
-- front of `attention`.
create table derived (
  environment_id integer not null,
  root uuid not null,
  events integer not null,
  messages integer not null,
  expires_at bigint not null,
  primary key (environment_id, root)
) with (fillfactor = 70);
create index derived_expiry on derived (expires_at);
