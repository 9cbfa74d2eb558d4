-- The latest word by which a number has refused or asked for what a sender or a category sends: an older one that is told
-- again, or late, changes nothing.
create table keyword (
  environment_id integer not null,
  channel smallint not null,
  address_hash text collate "C" not null,
  scope text collate "C" not null,
  value text collate "C" not null,
  at bigint not null,
  stops smallint not null,
  primary key (environment_id, channel, address_hash, scope, value)
);
