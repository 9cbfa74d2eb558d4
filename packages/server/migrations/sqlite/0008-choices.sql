-- What a recipient chose and agreed to, as JSON (domain/policy/choices); null for somebody who has said nothing.
alter table recipient add column choices text;

-- What of it says no, in a form that the statement which starts an attempt asks (domain/policy/opt-outs). `channel` is -1 for all.
create table opt_out (
  environment_id integer not null,
  recipient text not null,
  legal integer not null,
  scope text not null,
  value text not null,
  channel integer not null,
  rank integer not null,
  refuses integer not null,
  primary key (environment_id, recipient, legal, scope, value, channel)
) strict, without rowid;

-- The ledger of consent, which is only added to. `sealed`, with the recipient's key, holds source, IP and the text's version.
create table consent (
  environment_id integer not null,
  recipient text not null,
  id text not null,
  purpose text not null,
  channel integer not null,
  action text not null,
  at integer not null,
  recorded_at integer not null,
  sealed text not null,
  primary key (environment_id, recipient, id)
) strict, without rowid;

-- What decided: a place in the order of precedence; empty where it was no policy.
alter table decision add column rule text not null default '';
-- JSON of the versions of category and policy by which it was made; empty where none had a say.
alter table decision add column versions text not null default '';
