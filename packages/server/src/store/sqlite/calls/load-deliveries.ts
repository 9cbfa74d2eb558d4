import type { EventPart } from "../../../ports/store/event-part.ts";
import { messageStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { deliveryRecord, needsBound } from "../../sql/rows/delivery.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { EventParts } from "./event-parts.ts";
import { recipientRecord } from "./load-recipients.ts";

const openSql = `select * from message where id = ? and state in (${messageStateCode.queued}, ${messageStateCode.sending})`;

export const loadDeliveries: Call<"loadDeliveries"> = ({ database }, { ids }) => {
  const events = new EventParts(database);
  return ids.flatMap((id) => {
    const row = database.get(openSql, id);
    const event = row === undefined ? undefined : events.of(text(row, "event_id"));
    return row === undefined || event === undefined ? [] : [record(database, row, event)];
  });
};

function record(database: Database, row: SqlRow, event: EventPart) {
  const recipient = recipientRecord(database, integer(row, "environment_id"), text(row, "recipient"));
  return deliveryRecord(row, { event, recipientRecord: recipient ?? null }, boundTo(database, row));
}

function boundTo(database: Database, row: SqlRow): string | undefined {
  if (!needsBound(row)) return undefined;
  const bound = database.get(
    "select integration from attempt where message_id = ? and outcome <> 'rejected' order by number desc limit 1",
    text(row, "id"),
  );
  return bound === undefined ? undefined : text(bound, "integration");
}
