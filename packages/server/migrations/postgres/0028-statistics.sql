-- Who runs the mailbox that a message goes to (a place in the contract's list), and until when a rule put it off: reports come later,
-- and count under the one and from the other.
alter table message add column mailbox smallint, add column put_off_to bigint;
-- Sums tell workflows, who runs mailboxes, and how long it took (domain/latency-bucket) apart, and have what it cost, in millionths.
-- Minutes that are old are folded into the first of their hour, then of their day (store/postgres/calls/statistics.ts).
alter table statistic
  add column workflow text collate "C" not null default '',
  add column mailbox text collate "C" not null default '',
  add column bucket smallint not null default 0,
  add column cost bigint not null default 0;
alter table statistic drop constraint statistic_pkey;
alter table statistic
  add primary key (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox, bucket, slot);
