-- What a waiting run has asked for and not been answered yet: such a run has no `due_at` of its own. `key` is the host and
-- the tenant that it is bounded by; `base_at` is the due time of the step at which the run stands.
create table effect (
  run_id text primary key,
  environment_id integer not null,
  lane integer not null,
  key text not null,
  base_at integer not null,
  due_at integer not null,
  attempts integer not null
) strict, without rowid;
create index effect_due on effect (lane, key, due_at);

-- An endpoint of the application. `sealed` holds its URL, which may carry a token, and its secrets. `failing_since` is when
-- the failures began that no success has ended.
create table webhook (
  id text primary key,
  environment_id integer not null,
  description text not null,
  types text,
  tenant text not null,
  enabled integer not null,
  sealed text not null,
  version integer not null,
  disabled_at integer,
  disabled_reason text,
  failing_since integer,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;
create index webhook_environment on webhook (environment_id, id);

-- What an endpoint is to be told, written in the transaction that changed the message; its id is the `webhook-id`.
-- `tries` is the place in the retry schedule, which a resend begins anew; `attempts` only rises, and is the fence.
create table webhook_delivery (
  id text primary key,
  webhook_id text not null,
  environment_id integer not null,
  message_id text not null,
  type integer not null,
  state integer not null,
  at integer not null,
  due_at integer,
  settled_at integer,
  attempts integer not null,
  tries integer not null
) strict, without rowid;
create index webhook_delivery_due on webhook_delivery (webhook_id, due_at) where due_at is not null;
create index webhook_delivery_log on webhook_delivery (webhook_id, at, id);
create index webhook_delivery_age on webhook_delivery (at);

create table webhook_attempt (
  delivery_id text not null,
  number integer not null,
  at integer not null,
  duration_ms integer not null,
  status integer,
  code text not null,
  primary key (delivery_id, number)
) strict, without rowid;
