-- 1 where a workflow of the environment looks back: only those messages are found by recipient, and no other pays for it. The
-- environment does not lead, as in all further indexes of this table.
alter table message add column recalled smallint;
create index message_recalled on message (recipient, id) where recalled = 1;

-- How a recipient answers to a category that lets who is silent sleep (domain/sunset). Written only where a category does. No
-- index holds what changes, so that most updates stay on the row's own page.
create table engagement (
  environment_id integer not null,
  recipient text collate "C" not null,
  category text collate "C" not null,
  since bigint not null,
  engaged_at bigint,
  asked_at bigint,
  asked_by text not null,
  primary key (environment_id, recipient, category)
) with (fillfactor = 70);
