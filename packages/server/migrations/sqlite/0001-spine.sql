-- Times are milliseconds since 1970. `sealed`, `payload`, `inline`, `content`, `journal`, `secrets` and `wrapped_*` are
-- base64 of AES-256-GCM. States, lanes and kinds are small numbers (store/sqlite/codes.ts). A row's `due_at` is its timer:
-- set while something is to be done with it, null once it is settled, so that the partial indexes hold open work only.

create table environment (
  id integer primary key,
  key text not null unique,
  wrapped_data_key text not null,
  wrapped_address_key text not null,
  created_at integer not null
) strict;

create table api_key (
  id text primary key,
  environment_id integer not null references environment (id),
  name text not null,
  prefix text not null,
  hash text not null unique,
  created_at integer not null,
  revoked_at integer
) strict, without rowid;
create index api_key_environment on api_key (environment_id, id);

create table tenant (
  environment_id integer not null references environment (id),
  key text not null,
  version integer not null,
  document text not null,
  updated_at integer not null,
  primary key (environment_id, key)
) strict, without rowid;

-- Versioned documents; `sequence` orders all changes, so that a reader who missed a hint catches up.
create table configuration (
  environment_id integer not null references environment (id),
  kind text not null,
  key text not null,
  version integer not null,
  document text not null,
  secrets text,
  secret_names text not null,
  current integer not null,
  deleted integer not null,
  sequence integer not null unique,
  updated_at integer not null,
  primary key (environment_id, kind, key, version)
) strict, without rowid;
create index configuration_current on configuration (environment_id, kind, key) where current = 1;

-- One row per recipient: addresses and personal attributes are sealed together with the recipient's own key, so that
-- orchestrate reads one row and erasing the row erases the key.
create table recipient (
  environment_id integer not null references environment (id),
  id text not null,
  wrapped_key text not null,
  profile text not null,
  sealed text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (environment_id, id)
) strict, without rowid;

-- Finds a recipient by address, through its keyed hash.
create table address (
  environment_id integer not null,
  channel text not null,
  hash text not null,
  recipient text not null,
  primary key (environment_id, channel, hash, recipient)
) strict, without rowid;
create index address_recipient on address (environment_id, recipient);

create table event (
  id text primary key,
  environment_id integer not null,
  kind integer not null,
  name text not null,
  tenant text not null,
  lane integer not null,
  state integer not null,
  received_at integer not null,
  due_at integer,
  expires_at integer,
  cancellation_hash text,
  generation integer not null,
  cursor integer not null,
  payload text not null,
  inline text
) strict, without rowid;
create index event_due on event (lane, tenant, due_at) where due_at is not null;
create index event_cancellation on event (environment_id, cancellation_hash) where cancellation_hash is not null;

-- The part of an event that belongs to another lane than its own.
create table continuation (
  event_id text not null references event (id),
  lane integer not null,
  tenant text not null,
  cursor integer not null,
  due_at integer,
  primary key (event_id, lane)
) strict, without rowid;
create index continuation_due on continuation (lane, tenant, due_at) where due_at is not null;

-- Keys lead with a bucket of time: new ones fall into a small, warm part of the tree, and old buckets are dropped whole.
create table idempotency (
  environment_id integer not null,
  bucket integer not null,
  key_hash text not null,
  body_hash text not null,
  event_id text not null,
  expires_at integer not null,
  primary key (bucket, environment_id, key_hash)
) strict, without rowid;

create table dedupe (
  environment_id integer not null,
  hash text not null,
  run_id text not null,
  expires_at integer not null,
  primary key (environment_id, hash)
) strict, without rowid;
create index dedupe_expiry on dedupe (expires_at);

-- A run that waits, or waited. A run that needs no wait lives in its messages' rows.
create table run (
  id text primary key,
  environment_id integer not null,
  event_id text not null,
  workflow text not null,
  workflow_version integer not null,
  recipient text not null,
  tenant text not null,
  lane integer not null,
  state integer not null,
  step integer not null,
  due_at integer,
  expires_at integer,
  cancellation_hash text,
  journal text,
  created_at integer not null
) strict, without rowid;
create index run_event on run (event_id);
create index run_due on run (lane, tenant, due_at) where due_at is not null;

-- An open window is unique by its key; joining and closing it are transactions.
create table digest_window (
  id text primary key,
  environment_id integer not null,
  workflow text not null,
  recipient text not null,
  key_hash text not null,
  tenant text not null,
  lane integer not null,
  state integer not null,
  run_id text not null,
  opened_at integer not null,
  due_at integer
) strict, without rowid;
create unique index digest_window_open on digest_window (environment_id, workflow, recipient, key_hash) where state = 0;
create index digest_window_due on digest_window (lane, tenant, due_at) where due_at is not null;
create table digest_entry (
  window_id text not null references digest_window (id),
  event_id text not null,
  added_at integer not null,
  primary key (window_id, event_id)
) strict, without rowid;

-- The message, its decisions and its current attempt. Earlier attempts are in `attempt`.
create table message (
  id text primary key,
  environment_id integer not null,
  event_id text not null,
  run_id text not null,
  step text not null,
  workflow text not null,
  workflow_version integer not null,
  template text not null,
  template_version integer not null,
  channel integer not null,
  lane integer not null,
  category text not null,
  tenant text not null,
  recipient text not null,
  address_hash text not null,
  state integer not null,
  reason text,
  due_at integer,
  created_at integer not null,
  expires_at integer,
  content text,
  decisions text not null,
  attempts integer not null default 0,
  first_attempt_at integer,
  -- JSON of the current attempt: call, integration, node, started, lease, finished, outcome, code, detail, providerMessageId.
  attempt text,
  settled_at integer,
  sent_at integer,
  delivered_at integer,
  opened_at integer,
  clicked_at integer,
  read_at integer,
  complained_at integer
) strict, without rowid;
create index message_event on message (event_id);
create index message_due on message (lane, channel, tenant, due_at) where due_at is not null;

create table attempt (
  message_id text not null,
  number integer not null,
  call_id text not null,
  integration text not null,
  started_at integer not null,
  finished_at integer,
  outcome text not null,
  code text not null,
  detail text not null,
  provider_message_id text not null,
  primary key (message_id, number)
) strict, without rowid;

-- Decisions that made no message: nobody known, no workflow, no address, deduplicated, a condition's other branch.
create table decision (
  sequence integer primary key,
  environment_id integer not null,
  event_id text not null,
  run_id text not null,
  recipient text not null,
  workflow text not null,
  workflow_version integer not null,
  step text not null,
  channel text not null,
  outcome text not null,
  reason text not null,
  detail text not null,
  at integer not null
) strict;
create index decision_event on decision (event_id);

-- `scope` is everything, sender, class or category; `value` names the sender, class or category.
create table suppression (
  environment_id integer not null,
  channel integer not null,
  address_hash text not null,
  scope text not null,
  value text not null,
  reason text not null,
  created_at integer not null,
  primary key (environment_id, channel, address_hash, scope, value)
) strict, without rowid;

create table dead_letter (
  environment_id integer not null,
  at integer not null,
  id text not null unique,
  kind text not null,
  channel text,
  reason text not null,
  detail text not null,
  primary key (environment_id, at, id)
) strict, without rowid;

-- Sums per minute, kept up in the transactions that they count.
create table statistic (
  environment_id integer not null,
  minute integer not null,
  metric text not null,
  channel text not null,
  lane text not null,
  category text not null,
  tenant text not null,
  integration text not null,
  value integer not null,
  primary key (environment_id, minute, metric, channel, lane, category, tenant, integration)
) strict, without rowid;

create table sandbox_mail (
  environment_id integer not null,
  id text not null,
  at integer not null,
  sealed text not null,
  primary key (environment_id, id)
) strict, without rowid;
