-- Who runs the mailbox that a message goes to (a place in the contract's list), and until when a rule put it off: reports come later,
-- and count under the one and from the other.
alter table message add column mailbox integer;
alter table message add column put_off_to integer;
-- Sums tell workflows, who runs mailboxes, and how long it took (domain/latency-bucket) apart, and have what it cost, in millionths.
-- Minutes that are old are folded into the first of their hour, then of their day (store/sqlite/calls/statistics.ts).
create table statistic_wide (
  environment_id integer not null,
  minute integer not null,
  metric text not null,
  channel text not null,
  lane text not null,
  category text not null,
  tenant text not null,
  integration text not null,
  workflow text not null,
  mailbox text not null,
  bucket integer not null,
  value integer not null,
  cost integer not null,
  primary key (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox, bucket)
) strict, without rowid;
insert into statistic_wide
  select environment_id, minute, metric, channel, lane, category, tenant, integration, '', '', 0, value, 0 from statistic;
drop table statistic;
alter table statistic_wide rename to statistic;
create index statistic_minute on statistic (minute);
