-- A message that confirms a STOP names the moment of the suppression that it confirms: that one alone does not hold it back.
alter table message add column confirms_stop integer;
-- What a number was answered of late, so that one message that came in is answered once, and two programs that answer each other end.
create table keyword_answer (
  environment_id integer not null,
  channel integer not null,
  address_hash text not null,
  answers text not null,
  primary key (environment_id, channel, address_hash)
) strict, without rowid;
-- A campaign that is paused takes nobody in; its rate is told from when it was last paused or resumed.
alter table campaign add column paused_at integer;
alter table campaign add column resumed_at integer;
