-- A record of a source that could not be taken in: which source, where the record stood, and the record itself, sealed. One that
-- comes again writes its own letter anew.
alter table dead_letter add column source text;
alter table dead_letter add column place text;
alter table dead_letter add column identity text;
alter table dead_letter add column sealed text;
create unique index dead_letter_source on dead_letter (environment_id, source, identity) where source is not null;
