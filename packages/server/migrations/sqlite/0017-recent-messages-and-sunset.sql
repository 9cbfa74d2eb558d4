-- 1 where a workflow of the environment looks back: only those messages are found by recipient, and no other pays for it (26 µs of
-- CPU a row, as recipients are in no order).
alter table message add column recalled integer;
create index message_recalled on message (environment_id, recipient, id) where recalled = 1;

-- How a recipient answers to a category that lets who is silent sleep (domain/sunset). Written only where a category does.
create table engagement (
  environment_id integer not null,
  recipient text not null,
  category text not null,
  since integer not null,
  engaged_at integer,
  asked_at integer,
  asked_by text not null,
  primary key (environment_id, recipient, category)
) strict, without rowid;
