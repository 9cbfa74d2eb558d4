-- What a recipient was sent lately, and is to be sent, as far as caps count it (domain/attention-entry). Written only where
-- a cap applies. No index holds `entries`, so that most updates stay on the row's own page.
create table attention (
  environment_id integer not null,
  recipient text collate "C" not null,
  entries text not null,
  primary key (environment_id, recipient)
) with (fillfactor = 50);
