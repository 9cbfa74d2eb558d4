import { eventStateCode, messageStateCode, runStateCode } from "../codes.ts";
import type { Call } from "../context.ts";
import { text } from "../rows.ts";

export const cancelEvents: Call<"cancelEvents"> = ({ database }, { environmentId, cancellationHash, now }) => {
  const totals = { events: 0, runs: 0, messages: 0 };
  const events = database.all("select id from event where environment_id = ? and cancellation_hash = ?", environmentId, cancellationHash);
  for (const row of events) {
    const id = text(row, "id");
    totals.events += database.run(
      `update event set state = ${eventStateCode.canceled}, due_at = null, inline = null where id = ? and state = ${eventStateCode.accepted}`,
      id,
    );
    database.run("delete from continuation where event_id = ?", id);
    totals.runs += database.run(
      `update run set state = ${runStateCode.canceled}, due_at = null where event_id = ? and state = ${runStateCode.waiting}`,
      id,
    );
    totals.messages += database.run(
      `update message set state = ${messageStateCode.canceled}, reason = 'canceled', due_at = null, settled_at = ?
       where event_id = ? and state = ${messageStateCode.queued}`,
      now, id,
    );
  }
  return totals;
};
