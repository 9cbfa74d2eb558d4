-- The latest word by which a number has refused or asked for what a sender or a category sends: an older one that is told
-- again, or late, changes nothing.
create table keyword (
  environment_id integer not null,
  channel integer not null,
  address_hash text not null,
  scope text not null,
  value text not null,
  at integer not null,
  stops integer not null,
  primary key (environment_id, channel, address_hash, scope, value)
) strict, without rowid;
