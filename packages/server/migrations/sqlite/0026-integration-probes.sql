-- How an integration stood when its vendor was asked last, and when it was known to work last: by that, or by a message that was
-- taken. `status` and `at` are null where nobody has asked yet; `version` is that of the integration that was asked.
create table integration_probe (
  environment_id integer not null,
  integration text not null,
  version integer not null,
  status text,
  code text not null,
  detail text not null,
  at integer,
  good_at integer,
  primary key (environment_id, integration)
) strict, without rowid;
