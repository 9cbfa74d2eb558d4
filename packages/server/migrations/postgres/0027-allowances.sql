-- How much of something was used in a day (UTC, counted since 1970): attempts by an integration, millionths of what they cost.
-- What processes have set aside for their next messages is among it.
create table allowance (
  environment_id integer not null,
  key text collate "C" not null,
  day integer not null,
  used bigint not null,
  primary key (environment_id, key, day)
);
-- Old days are deleted by kind of key.
create index allowance_day on allowance (day);
