-- What a run waits for, where that is an event: the key under which such an event arrives, and from when on it counts. `due_at` is
-- when the run goes on without. Once it has arrived, `arrived_event` is its id and the run is due.
alter table run add column wait_key text;
alter table run add column wait_since integer;
alter table run add column arrived_event text;
create index run_wait on run (wait_key, id) where wait_key is not null and arrived_event is null and state = 0;

-- The latest events that arrived under a key, as JSON of their ids and times, for runs that come to wait for one later.
create table arrival (
  environment_id integer not null,
  key_hash text not null,
  recent text not null,
  expires_at integer not null,
  primary key (environment_id, key_hash)
) strict, without rowid;
create index arrival_expiry on arrival (expires_at);

-- An arrival for which more runs waited than one transaction wakes. It goes once all are awake.
create table wake (
  environment_id integer not null,
  key_hash text not null,
  event_id text not null,
  at integer not null,
  primary key (environment_id, key_hash, event_id)
) strict, without rowid;

-- Earlier versions of workflows that wait for an event: their runs may still be under way.
create index configuration_waits on configuration (environment_id, key, version)
  where kind = 'workflow' and current = 0 and instr(document, '"type":"wait_for"') > 0;
