import { eventStateCode, messageStateCode } from "../../packages/server/src/store/sql/codes.ts";

/**
 * A log that the database itself keeps: triggers write it in the transaction of what they note, so its order is that of
 * the commits, and what a crash rolled back is not in it. The product knows nothing of it.
 */
export const logSchema = `
create table simulation_log (
  sequence integer primary key,
  kind text not null,
  id text not null,
  was integer,
  becomes integer,
  due_at integer,
  detail text
) strict;
create trigger simulation_event after insert on event begin
  insert into simulation_log (kind, id, becomes, due_at) values ('event', new.id, new.state, new.due_at);
end;
create trigger simulation_event_state after update of state on event when old.state <> new.state begin
  insert into simulation_log (kind, id, was, becomes) values ('event-state', new.id, old.state, new.state);
end;
create trigger simulation_run after insert on run begin
  insert into simulation_log (kind, id, becomes, due_at) values ('run', new.id, new.step, new.due_at);
end;
create trigger simulation_run_state after update of state on run when old.state <> new.state begin
  insert into simulation_log (kind, id, was, becomes) values ('run-state', new.id, old.state, new.state);
end;
create trigger simulation_message after insert on message begin
  insert into simulation_log (kind, id, becomes, due_at, detail) values ('message', new.id, new.state, new.due_at, new.attempt);
end;
create trigger simulation_move after update of state, attempts, due_at on message
  when old.state <> new.state or old.attempts <> new.attempts or old.due_at is not new.due_at begin
  insert into simulation_log (kind, id, was, becomes, due_at, detail) values ('move', new.id, old.state, new.state, new.due_at, new.attempt);
end;
create trigger simulation_suppression after insert on suppression begin
  insert into simulation_log (kind, id, detail) values ('suppression', new.channel || ':' || new.address_hash, new.reason);
end;
create trigger simulation_opt_out after insert on opt_out when new.refuses = 1 begin
  insert into simulation_log (kind, id) values ('opt-out', new.recipient || ' ' || new.value);
end;`;

/** Everything that a seed leaves behind; configuration and keys stay for the next. */
export const seedTables = [
  "event",
  "continuation",
  "idempotency",
  "dedupe",
  "throttle",
  "arrival",
  "derived",
  "wake",
  "digest_entry",
  "digest_window",
  "run",
  "effect",
  "webhook",
  "webhook_delivery",
  "webhook_attempt",
  "message",
  "attempt",
  "decision",
  "suppression",
  "attention",
  "engagement",
  "campaign",
  "campaign_count",
  "opt_out",
  "consent",
  "dead_letter",
  "statistic",
  "recipient",
  "address",
  "simulation_log",
] as const;

/** True while anything in the database waits for its time or its end. */
export const openWork = `select
  exists (select 1 from event where state = ${eventStateCode.accepted})
  or exists (select 1 from continuation where due_at is not null)
  or exists (select 1 from run where due_at is not null)
  or exists (select 1 from effect)
  or exists (select 1 from wake)
  or exists (select 1 from webhook_delivery where due_at is not null)
  or exists (select 1 from message where state in (${messageStateCode.queued}, ${messageStateCode.sending})) as open`;

/** When the next of all that is open is due; 0 where something is under way. */
export const dueWork = `select min(coalesce(at, 0)) as at from (
  select due_at as at from event where state = ${eventStateCode.accepted}
  union all select due_at from continuation
  union all select due_at from run where due_at is not null
  union all select 0 from effect
  union all select due_at from webhook_delivery where due_at is not null
  union all select due_at from message where state = ${messageStateCode.queued}
  union all select 0 from message where state = ${messageStateCode.sending})`;
