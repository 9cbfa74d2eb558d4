-- A replay of past events; its id is that of the event by whose turns it goes on. `document` is JSON of what was selected.
create table replay (
  environment_id integer not null,
  id text not null,
  document text not null,
  canceled_at integer,
  created_at integer not null,
  primary key (environment_id, id)
) strict, without rowid;

-- The events that replays have made: `origin` is the event that came in, `generation` counts those that were made of it.
create table replayed (
  id text primary key,
  environment_id integer not null,
  origin text not null,
  generation integer not null,
  replay text not null
) strict, without rowid;
create index replayed_origin on replayed (environment_id, origin, generation);
create index replayed_replay on replayed (environment_id, replay, id);
