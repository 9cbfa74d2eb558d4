-- What a run waits for, where that is an event: the key under which such an event arrives, and from when on it counts. `due_at` is
-- when the run goes on without. Once it has arrived, `arrived_event` is its id and the run is due. The environment does not lead, as
-- in all further indexes of this table.
alter table run add column wait_key text collate "C", add column wait_since bigint, add column arrived_event uuid;
create index run_wait on run (wait_key, id) where wait_key is not null and arrived_event is null and state = 0;

-- The latest events that arrived under a key, as JSON of their ids and times, for runs that come to wait for one later. Its row is what the turn of an event that
-- arrives and the turn of a run that comes to wait lock: who comes second sees what the first has written.
create table arrival (
  environment_id integer not null,
  key_hash text collate "C" not null,
  expires_at bigint not null,
  recent text not null,
  primary key (environment_id, key_hash)
) with (fillfactor = 70);
create index arrival_expiry on arrival (expires_at);

-- An arrival for which more runs waited than one transaction wakes. It goes once all are awake.
create table wake (
  environment_id integer not null,
  key_hash text collate "C" not null,
  event_id uuid not null,
  at bigint not null,
  primary key (environment_id, key_hash, event_id)
);

-- Earlier versions of workflows that wait for an event: their runs may still be under way.
create index configuration_waits on configuration (environment_id, key, version)
  where kind = 'workflow' and current = 0 and position('"type":"wait_for"' in document) > 0;
