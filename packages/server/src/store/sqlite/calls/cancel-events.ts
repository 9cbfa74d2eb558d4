import { eventStateCode, messageStateCode, runStateCode } from "../../sql/codes.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import { labelColumns, labelsOf, mailboxOf } from "../../sql/rows/labels.ts";
import type { Call, CallContext } from "../context.ts";
import { leaveDigests } from "./digest.ts";

/** SQL: a message that a digest has made is of several events, and is canceled with none of them. */
const ofOneEvent = "not exists (select 1 from run where run.id = message.run_id and run.gathers = 1)";

export const cancelEvents: Call<"cancelEvents"> = (context, { environmentId, cancellationHash, now }) => {
  const events = context.database.all(
    "select id, position from event where environment_id = ? and cancellation_hash = ?",
    environmentId,
    cancellationHash,
  );
  return cancelAll(context, environmentId, events, now);
};

const ownSql = "select id, position from event where environment_id = ? and id = ?";

const madeSql = `select event.id, event.position from replayed join event on event.id = replayed.id
  where replayed.environment_id = ? and replayed.replay = ? and replayed.id > ? order by replayed.id limit ?`;

/** The replay itself is first, so that it makes nothing more. */
export const cancelReplay: Call<"cancelReplay"> = (context, { environmentId, id, after, limit, now }) => {
  const { database } = context;
  const own = after === "" ? database.all(ownSql, environmentId, id) : [];
  const made = database.all(madeSql, environmentId, id, after, limit);
  const last = made.at(-1);
  const stopped = cancelAll(context, environmentId, [...own, ...made], now);
  if (stopped.events + stopped.runs + stopped.messages > 0)
    database.run(
      "update replay set canceled_at = coalesce(canceled_at, ?) where environment_id = ? and id = ?",
      now,
      environmentId,
      id,
    );
  return { ...stopped, next: made.length === limit && last !== undefined ? text(last, "id") : undefined };
};

function cancelAll(context: CallContext, environmentId: number, events: readonly SqlRow[], now: number) {
  const { database } = context;
  const totals = { events: 0, runs: 0, messages: 0 };
  for (const row of events) {
    const id = text(row, "id");
    const before = totals.events + totals.runs + totals.messages;
    totals.events += database.run(
      `update event set state = ${eventStateCode.canceled}, due_at = null, inline = null where id = ? and state = ${eventStateCode.accepted}`,
      id,
    );
    database.run("delete from continuation where event_id = ?", id);
    const runs = database.run(
      `update run set state = ${runStateCode.canceled}, due_at = null where event_id = ? and state = ${runStateCode.waiting} and gathers = 0`,
      id,
    );
    totals.runs += runs + leaveDigests(database, id);
    if (runs > 0) database.run("delete from effect where run_id in (select id from run where event_id = ?)", id);
    totals.messages += cancelMessages(context, environmentId, id, row["position"] !== null, now);
    if (totals.events + totals.runs + totals.messages > before)
      database.run("update campaign set canceled_at = ? where environment_id = ? and id = ?", now, environmentId, id);
  }
  return totals;
}

function cancelMessages(
  { database, count, webhooks }: CallContext,
  environmentId: number,
  eventId: string,
  isExpanded: boolean,
  now: number,
): number {
  // Open messages of an event that has come to its topics have an index; through all of a million it took seconds.
  const open = isExpanded ? "event_id = ? and expanded = 1 and due_at is not null" : "event_id = ?";
  const canceled = database.all(
    `update message set state = ${messageStateCode.canceled}, reason = 'canceled', due_at = null, settled_at = ?
     where ${open} and state = ${messageStateCode.queued} and ${ofOneEvent}
     returning id, ${labelColumns}`,
    now,
    eventId,
  );
  for (const row of canceled) {
    const labels = labelsOf(environmentId, row);
    webhooks.state(environmentId, labels.tenant, text(row, "id"), "canceled", now);
    count(labels, "canceled", now, { mailbox: mailboxOf(row) });
  }
  // What is under way may still be sent; marked, it is not tried again (record-outcomes).
  database.run(
    `update message set reason = 'canceled' where ${open} and state = ${messageStateCode.sending} and ${ofOneEvent}`,
    eventId,
  );
  return canceled.length;
}
