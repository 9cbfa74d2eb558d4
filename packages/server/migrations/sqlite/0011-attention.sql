-- What a recipient was sent lately, and is to be sent, as far as caps count it (domain/attention-entry). Written only where
-- a cap applies.
create table attention (
  environment_id integer not null,
  recipient text not null,
  entries text not null,
  primary key (environment_id, recipient)
) strict, without rowid;
