import type { EventPart } from "../../../ports/store/event-part.ts";
import { runStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { runMessageColumns, runRecord } from "../../sql/rows/run.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { readWindow } from "./digest.ts";
import { readEffect } from "./effect.ts";
import { EventParts } from "./event-parts.ts";
import { recipientRecord } from "./load-recipients.ts";
import { readWait } from "./waits.ts";

const waitingSql = `select * from run where id = ? and state = ${runStateCode.waiting}`;

export const loadRuns: Call<"loadRuns"> = ({ database }, { ids }) => {
  const events = new EventParts(database);
  return ids.flatMap((id) => {
    const row = database.get(waitingSql, id);
    const event = row === undefined ? undefined : events.of(text(row, "event_id"));
    return row === undefined || event === undefined ? [] : [record(database, row, event, events)];
  });
};

function record(database: Database, row: SqlRow, event: EventPart, events: EventParts) {
  const id = text(row, "id");
  return runRecord(row, {
    // Only a run without a time of its own can wait for an effect.
    effect: row["due_at"] === null ? readEffect(database, id) : undefined,
    event,
    wait: readWait(database, row, events),
    recipientRecord: recipientRecord(database, integer(row, "environment_id"), text(row, "recipient")) ?? null,
    // Only a run that gathers has a window.
    window: row["gathers"] === 0 ? undefined : readWindow(database, id),
    messages: database.all(
      `select ${runMessageColumns} from message where event_id = ? and run_id = ?`,
      event.id,
      textOrNull(row, "watch_of") ?? id,
    ),
  });
}
