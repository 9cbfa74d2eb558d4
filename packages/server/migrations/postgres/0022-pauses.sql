-- What is paused: a lane, an integration, a channel or a workflow, of all messages or of one tenant's (`tenant` empty for all). One that has
-- ended stays until all that it had kept is due (`released_at`), and for a while after. `sequence` counts changes, for caches.
create table pause (
  environment_id integer not null,
  id uuid not null,
  kind text collate "C" not null,
  key text collate "C" not null,
  tenant text collate "C" not null,
  reason text collate "C" not null,
  created_at bigint not null,
  ends_at bigint,
  ended_at bigint,
  released_at bigint,
  sequence bigint not null,
  primary key (environment_id, id)
);
create unique index pause_in_force on pause (environment_id, kind, key, tenant) where ended_at is null;
create unique index pause_sequence on pause (sequence);
create index pause_open on pause (ended_at, ends_at) where released_at is null;

-- The pause by which a message is kept. Exactly what is kept is in the index: such a message is due when it expires, or never, and
-- whatever else is done with it makes it due at another time (store/sql/pauses.ts). No other message pays for it.
alter table message add column pause_id uuid;
create index message_paused on message (pause_id, id)
  where pause_id is not null and due_at = coalesce(expires_at, 253402300799000);
