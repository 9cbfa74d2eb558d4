-- A replay of past events; its id is that of the event by whose turns it goes on. `document` is JSON of what was selected.
create table replay (
  environment_id integer not null,
  id uuid not null,
  document text not null,
  canceled_at bigint,
  created_at bigint not null,
  primary key (environment_id, id)
);

-- The events that replays have made: `origin` is the event that came in, `generation` counts those that were made of it.
create table replayed (
  id uuid primary key,
  environment_id integer not null,
  origin uuid not null,
  generation integer not null,
  replay uuid not null
);
create index replayed_origin on replayed (environment_id, origin, generation);
create index replayed_replay on replayed (environment_id, replay, id);
