-- A window of a digest. Of a key one is open at most (state 0); a sealed one (1) takes no more. Its id is that of the run
-- which gathers it and is due when it closes: a window has no timer of its own, and goes when it is closed. `version` rises
-- with each event that joins or leaves, and is what a turn that closes the window names.
create table digest_window (
  environment_id integer not null,
  id uuid not null,
  state smallint not null,
  entries integer not null,
  bytes integer not null,
  version integer not null,
  opened_at bigint not null,
  due_at bigint not null,
  key_hash text collate "C" not null,
  primary key (environment_id, id)
);
create unique index digest_window_open on digest_window (environment_id, key_hash) where state = 0;
-- `content` is base64 of AES-256-GCM, like `journal`.
create table digest_entry (
  environment_id integer not null,
  window_id uuid not null,
  run_id uuid not null,
  event_id uuid not null,
  bytes integer not null,
  at bigint not null,
  expires_at bigint,
  content text not null,
  primary key (environment_id, window_id, run_id)
);
create index digest_entry_event on digest_entry (event_id);

-- A run that goes on for all events of a window.
alter table run add column gathers smallint not null default 0;

-- Who got past a throttle lately: JSON of run ids and times, at most as many as its limit.
create table throttle (
  environment_id integer not null,
  hash text collate "C" not null,
  expires_at bigint not null,
  passed text not null,
  primary key (environment_id, hash)
);
create index throttle_expiry on throttle (expires_at);
