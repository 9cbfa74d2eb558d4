-- A window of a digest. Of a key one is open at most (state 0); a sealed one (1) takes no more. Its id is that of the run
-- which gathers it and is due when it closes: a window has no timer of its own, and goes when it is closed. `version` rises
-- with each event that joins or leaves, and is what a turn that closes the window names.
drop table digest_entry;
drop table digest_window;
create table digest_window (
  id text primary key,
  environment_id integer not null,
  key_hash text not null,
  state integer not null,
  opened_at integer not null,
  due_at integer not null,
  entries integer not null,
  bytes integer not null,
  version integer not null
) strict, without rowid;
create unique index digest_window_open on digest_window (environment_id, key_hash) where state = 0;
-- `content` is base64 of AES-256-GCM, like `journal`.
create table digest_entry (
  window_id text not null,
  run_id text not null,
  environment_id integer not null,
  event_id text not null,
  at integer not null,
  expires_at integer,
  bytes integer not null,
  content text not null,
  primary key (window_id, run_id)
) strict, without rowid;
create index digest_entry_event on digest_entry (event_id);

-- A run that goes on for all events of a window.
alter table run add column gathers integer not null default 0;

-- Who got past a throttle lately: JSON of run ids and times, at most as many as its limit.
create table throttle (
  environment_id integer not null,
  hash text not null,
  passed text not null,
  expires_at integer not null,
  primary key (environment_id, hash)
) strict, without rowid;
create index throttle_expiry on throttle (expires_at);
