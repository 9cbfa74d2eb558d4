-- An event to many, whose progress is kept; its id is the event's. `document` is JSON of whom it goes to and how it is spread.
-- `total` is known where no segment is among its recipients.
create table campaign (
  environment_id integer not null,
  id uuid not null,
  name text not null,
  document text not null,
  scheduled_at bigint,
  expires_at bigint,
  total integer,
  cancellation_hash text not null,
  canceled_at bigint,
  created_at bigint not null,
  primary key (environment_id, id)
);

-- What has been counted of campaigns, in the transactions that it is counted in. `minute` is 0 for
-- sums of all time, and that of what leaves the queue for the rate. `slot` is the connection that wrote: two never wait for one row.
create table campaign_count (
  environment_id integer not null,
  event_id uuid not null,
  metric text collate "C" not null,
  minute integer not null,
  slot integer not null,
  value bigint not null,
  primary key (environment_id, event_id, minute, metric, slot)
);
