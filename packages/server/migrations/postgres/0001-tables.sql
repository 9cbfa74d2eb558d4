-- Times are milliseconds since 1970. `sealed`, `payload`, `inline`, `content`, `journal`, `secrets` and `wrapped_*` are
-- base64 of AES-256-GCM. States, lanes and kinds are small numbers (store/sql/codes.ts). A row's `due_at` is its timer: set
-- while something is to be done with it, null once it is settled, so that the partial indexes on it hold open work only.
--
-- `holder` is the number of the worker (table `worker`) that has the row in its memory; 0 is nobody. It stands in front of
-- the due indexes: what others hold is never read past, what a dead worker held is found by its number.
--
-- Tables that grow with what is sent are cut by time: an id begins with 48 bits of it, so a range of ids is a range of time
-- (store/postgres/partitions.ts). Keys lead with the environment, and no other index of such a table does: plans that were
-- made while a part was empty tell no difference between two indexes of which one has a single column of the condition, and
-- would pass the whole environment for each row. Statements by such an index name the environment as `environment_id + 0`.

create table environment (
  id integer primary key generated always as identity,
  key text collate "C" not null unique,
  wrapped_data_key text not null,
  wrapped_address_key text not null,
  created_at bigint not null
);

create table api_key (
  id text collate "C" primary key,
  environment_id integer not null references environment (id),
  name text not null,
  prefix text not null,
  hash text collate "C" not null unique,
  created_at bigint not null,
  revoked_at bigint
);
create index api_key_environment on api_key (environment_id, id);

-- Processes, while they live. Times are those of the database, so that clocks that differ mean nothing here.
create table worker (
  number integer primary key generated always as identity,
  node text collate "C" not null unique,
  roles text not null,
  version text not null,
  host text not null,
  pid integer not null,
  place text collate "C" not null,
  started_at bigint not null,
  heartbeat_at bigint not null,
  facts text not null default '{}'
);

-- Work that one process does for all, for as long as it renews its lease.
create table lease (
  name text collate "C" primary key,
  node text collate "C" not null,
  until bigint not null
);

create table tenant (
  environment_id integer not null,
  key text collate "C" not null,
  version integer not null,
  document text not null,
  updated_at bigint not null,
  primary key (environment_id, key)
);

-- Versioned documents; `sequence` orders all changes, so that a reader who missed a hint catches up.
create table configuration (
  environment_id integer not null,
  kind text collate "C" not null,
  key text collate "C" not null,
  version integer not null,
  document text not null,
  secrets text,
  secret_names text not null,
  current smallint not null,
  deleted smallint not null,
  sequence bigint not null unique,
  updated_at bigint not null,
  origin text not null default '',
  primary key (environment_id, kind, key, version)
);
create unique index configuration_current on configuration (environment_id, kind, key) where current = 1;

create table recipient (
  environment_id integer not null,
  id text collate "C" not null,
  wrapped_key text not null,
  profile text not null,
  sealed text not null,
  version integer not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (environment_id, id)
);

-- Finds a recipient by address, through its keyed hash.
create table address (
  environment_id integer not null,
  channel text collate "C" not null,
  hash text collate "C" not null,
  recipient text collate "C" not null,
  primary key (environment_id, channel, hash, recipient)
);
create index address_recipient on address (environment_id, recipient);

-- `scope` is everything, sender, class or category; `value` names the sender, class or category.
create table suppression (
  environment_id integer not null,
  channel smallint not null,
  address_hash text collate "C" not null,
  scope text collate "C" not null,
  value text collate "C" not null,
  reason text not null,
  created_at bigint not null,
  primary key (environment_id, channel, address_hash, scope, value)
);

create table event (
  environment_id integer not null,
  id uuid not null,
  kind smallint not null,
  lane smallint not null,
  state smallint not null,
  generation integer not null,
  cursor integer not null,
  holder integer not null,
  received_at bigint not null,
  due_at bigint,
  expires_at bigint,
  name text not null,
  tenant text collate "C" not null,
  cancellation_hash text collate "C",
  payload text not null,
  inline text,
  primary key (environment_id, id)
) partition by range (id);
create index event_due on event (holder, lane, tenant, due_at) where due_at is not null;
create index event_cancellation on event (cancellation_hash) where cancellation_hash is not null;

-- The part of an event that belongs to another lane than its own.
create table continuation (
  environment_id integer not null,
  event_id uuid not null,
  lane smallint not null,
  holder integer not null,
  cursor integer not null,
  due_at bigint,
  tenant text collate "C" not null,
  primary key (environment_id, event_id, lane)
);
create index continuation_due on continuation (holder, lane, tenant, due_at) where due_at is not null;

-- Keys are unique within a bucket of time, and dropped with it.
create table idempotency (
  environment_id integer not null,
  bucket integer not null,
  key_hash text collate "C" not null,
  body_hash text not null,
  event_id uuid not null,
  expires_at bigint not null,
  primary key (bucket, environment_id, key_hash)
) partition by range (bucket);

create table dedupe (
  environment_id integer not null,
  hash text collate "C" not null,
  run_id text collate "C" not null,
  expires_at bigint not null,
  primary key (environment_id, hash)
);
create index dedupe_expiry on dedupe (expires_at);

-- A run that waits, or waited. A run that needs no wait lives in its messages' rows.
create table run (
  environment_id integer not null,
  id uuid not null,
  event_id uuid not null,
  lane smallint not null,
  state smallint not null,
  step integer not null,
  holder integer not null,
  workflow_version integer not null,
  due_at bigint,
  expires_at bigint,
  created_at bigint not null,
  workflow text not null,
  recipient text not null,
  tenant text collate "C" not null,
  cancellation_hash text,
  journal text,
  primary key (environment_id, id)
) partition by range (id);
create index run_event on run (event_id);
create index run_due on run (holder, lane, tenant, due_at) where due_at is not null;

-- What a waiting run has asked for and not been answered yet: such a run has no `due_at` of its own. `key` is the host and
-- the tenant that it is bounded by; `base_at` is the due time of the step at which the run stands.
create table effect (
  environment_id integer not null,
  run_id uuid not null,
  lane smallint not null,
  holder integer not null,
  attempts integer not null,
  base_at bigint not null,
  due_at bigint not null,
  key text collate "C" not null,
  primary key (environment_id, run_id)
);
create index effect_due on effect (holder, lane, key, due_at);

-- The message, its decisions and its current attempt. Earlier attempts are in `attempt`. STARTED leaves all indexed columns
-- as they are, so that it is written beside the row's first version (fillfactor) and no index is touched.
create table message (
  environment_id integer not null,
  id uuid not null,
  event_id uuid not null,
  run_id uuid,
  channel smallint not null,
  lane smallint not null,
  state smallint not null,
  holder integer not null,
  workflow_version integer not null,
  template_version integer not null,
  attempts integer not null,
  created_at bigint not null,
  due_at bigint,
  expires_at bigint,
  first_attempt_at bigint,
  settled_at bigint,
  sent_at bigint,
  delivered_at bigint,
  opened_at bigint,
  clicked_at bigint,
  read_at bigint,
  complained_at bigint,
  step text not null,
  workflow text not null,
  template text not null,
  category text not null,
  tenant text collate "C" not null,
  recipient text not null,
  address_hash text collate "C" not null,
  reason text,
  content text,
  decisions text not null,
  -- JSON of the current attempt: lease, node, number, call, integration, started; then what became of it (store/sql/attempts.ts).
  attempt text,
  primary key (environment_id, id)
) partition by range (id);
create index message_event on message (event_id, run_id);
create index message_due on message (holder, lane, channel, tenant, due_at) where due_at is not null;

create table attempt (
  environment_id integer not null,
  message_id uuid not null,
  number integer not null,
  started_at bigint not null,
  finished_at bigint,
  call_id text not null,
  integration text not null,
  outcome text not null,
  code text not null,
  detail text not null,
  provider_message_id text not null,
  primary key (environment_id, message_id, number)
) partition by range (message_id);

-- Decisions that made no message: nobody known, no workflow, no address, deduplicated, a condition's other branch.
create table decision (
  environment_id integer not null,
  event_id uuid not null,
  sequence bigint not null generated always as identity,
  run_id text not null,
  workflow_version integer not null,
  at bigint not null,
  recipient text not null,
  workflow text not null,
  step text not null,
  channel text not null,
  outcome text not null,
  reason text not null,
  detail text not null,
  primary key (environment_id, event_id, sequence)
) partition by range (event_id);

create table dead_letter (
  environment_id integer not null,
  id uuid not null,
  at bigint not null,
  kind text not null,
  channel text,
  reason text not null,
  detail text not null,
  primary key (environment_id, id)
);
create index dead_letter_at on dead_letter (environment_id, at, id);

-- Sums per minute, kept up in the transactions that they count. `slot` is the connection that wrote: two never wait for one row.
create table statistic (
  environment_id integer not null,
  minute integer not null,
  slot integer not null,
  metric text collate "C" not null,
  channel text collate "C" not null,
  lane text collate "C" not null,
  category text collate "C" not null,
  tenant text collate "C" not null,
  integration text collate "C" not null,
  value bigint not null,
  primary key (environment_id, minute, metric, channel, lane, category, tenant, integration, slot)
);
-- Rates are read from the latest minutes of all environments.
create index statistic_minute on statistic (minute);

create table sandbox_mail (
  environment_id integer not null,
  id text collate "C" not null,
  at bigint not null,
  sealed text not null,
  primary key (environment_id, id)
);

-- One row per recipient's inbox. `sequence` numbers its changes without a gap; it begins with the time at which the inbox
-- was made. Changes up to `forgotten` are not kept any more. Tokens carry `generation`: those of another one are revoked.
create table inbox (
  environment_id integer not null,
  recipient text collate "C" not null,
  sequence bigint not null,
  forgotten bigint not null,
  unseen integer not null,
  unread integer not null,
  items integer not null,
  generation bigint not null,
  next_expiry_at bigint,
  primary key (environment_id, recipient)
);
create index inbox_expiry on inbox (next_expiry_at) where next_expiry_at is not null;

-- `id` is the message's, so that a message is in the inbox once and items sort by time.
create table inbox_item (
  environment_id integer not null,
  recipient text collate "C" not null,
  id text collate "C" not null,
  created_sequence bigint not null,
  created_at bigint not null,
  expires_at bigint,
  seen_at bigint,
  read_at bigint,
  archived_at bigint,
  acted_at bigint,
  action text,
  sealed text not null,
  primary key (environment_id, recipient, id)
);
create index inbox_item_expiry on inbox_item (environment_id, recipient, expires_at) where expires_at is not null;
create index inbox_item_archived on inbox_item (environment_id, recipient, id) where archived_at is not null;

-- The counts are those after the change. `kind`: 0 created, 1 updated, 2 removed.
create table inbox_change (
  environment_id integer not null,
  recipient text collate "C" not null,
  sequence bigint not null,
  kind smallint not null,
  unseen integer not null,
  unread integer not null,
  item text not null,
  primary key (environment_id, recipient, sequence)
);

-- An endpoint of the application. `sealed` holds its URL, which may carry a token, and its secrets.
create table webhook (
  id text collate "C" primary key,
  environment_id integer not null,
  description text not null,
  types text,
  tenant text collate "C" not null,
  enabled smallint not null,
  sealed text not null,
  version integer not null,
  disabled_at bigint,
  disabled_reason text,
  failing_since bigint,
  created_at bigint not null,
  updated_at bigint not null
);
create index webhook_environment on webhook (environment_id, id);

-- What an endpoint is to be told, written in the transaction that changed the message; its id is the `webhook-id`.
create table webhook_delivery (
  id text collate "C" primary key,
  webhook_id text collate "C" not null,
  environment_id integer not null,
  message_id text collate "C" not null,
  type smallint not null,
  state smallint not null,
  holder integer not null default 0,
  at bigint not null,
  due_at bigint,
  settled_at bigint,
  attempts integer not null,
  tries integer not null
);
create index webhook_delivery_due on webhook_delivery (holder, webhook_id, due_at) where due_at is not null;
create index webhook_delivery_log on webhook_delivery (webhook_id, at, id);
create index webhook_delivery_age on webhook_delivery (at);

create table webhook_attempt (
  delivery_id text collate "C" not null,
  number integer not null,
  at bigint not null,
  duration_ms integer not null,
  status integer,
  code text not null,
  primary key (delivery_id, number)
);

-- Parts for what no range was made for: store/postgres/partitions.ts makes those of the days to come.
create table event_rest partition of event default;
create table idempotency_rest partition of idempotency default;
create table run_rest partition of run default;
create table message_rest partition of message default with (fillfactor = 70);
create table attempt_rest partition of attempt default;
create table decision_rest partition of decision default;

-- What was taken of rates lately (limiter/window.ts): of no worth a second later, so that a crash may lose it.
create unlogged table rate_window (
  key text collate "C" primary key,
  state text not null
);
