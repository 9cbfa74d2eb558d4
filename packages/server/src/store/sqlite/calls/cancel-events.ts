import { eventStateCode, messageStateCode, runStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { labelsOf } from "../../sql/rows/labels.ts";
import type { Call, CallContext } from "../context.ts";

export const cancelEvents: Call<"cancelEvents"> = (context, { environmentId, cancellationHash, now }) => {
  const { database } = context;
  const totals = { events: 0, runs: 0, messages: 0 };
  const events = database.all(
    "select id from event where environment_id = ? and cancellation_hash = ?",
    environmentId,
    cancellationHash,
  );
  for (const row of events) {
    const id = text(row, "id");
    totals.events += database.run(
      `update event set state = ${eventStateCode.canceled}, due_at = null, inline = null where id = ? and state = ${eventStateCode.accepted}`,
      id,
    );
    database.run("delete from continuation where event_id = ?", id);
    const runs = database.run(
      `update run set state = ${runStateCode.canceled}, due_at = null where event_id = ? and state = ${runStateCode.waiting}`,
      id,
    );
    totals.runs += runs;
    if (runs > 0) database.run("delete from effect where run_id in (select id from run where event_id = ?)", id);
    totals.messages += cancelMessages(context, environmentId, id, now);
  }
  return totals;
};

function cancelMessages(
  { database, count, webhooks }: CallContext,
  environmentId: number,
  eventId: string,
  now: number,
): number {
  const canceled = database.all(
    `update message set state = ${messageStateCode.canceled}, reason = 'canceled', due_at = null, settled_at = ?
     where event_id = ? and state = ${messageStateCode.queued}
     returning id, channel, lane, category, tenant`,
    now,
    eventId,
  );
  for (const row of canceled) {
    const labels = labelsOf(environmentId, row);
    webhooks.state(environmentId, labels.tenant, text(row, "id"), "canceled", now);
    count(labels, "canceled", now);
  }
  // What is under way may still be sent; marked, it is not tried again (record-outcomes).
  database.run(
    `update message set reason = 'canceled' where event_id = ? and state = ${messageStateCode.sending}`,
    eventId,
  );
  return canceled.length;
}
