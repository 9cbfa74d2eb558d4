-- How an integration stood when its vendor was asked last, and when it was known to work last: by that, or by a message that was
-- taken. `status` and `at` are null where nobody has asked yet; `version` is that of the integration that was asked.
create table integration_probe (
  environment_id integer not null,
  integration text collate "C" not null,
  version integer not null,
  status text collate "C",
  code text collate "C" not null,
  detail text collate "C" not null,
  at bigint,
  good_at bigint,
  primary key (environment_id, integration)
);
