import { messageStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { deliveryRecord, needsBound } from "../../sql/rows/delivery.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { eventParts } from "./event-parts.ts";
import { inOrderOf } from "./in-order-of.ts";
import { recipientName, recipientsOf } from "./load-recipients.ts";
import { ofAnyEnvironment } from "./of-any-environment.ts";

/**
 * What is queued, and what is under way in this process's name or in nobody's. What another process that lives has under
 * way is its own to end: where that dies, the row is released, and then due.
 */
const openSql = `select message.* from ${ofAnyEnvironment("message")}
  where state = ${messageStateCode.queued} or (state = ${messageStateCode.sending} and holder in (0, $2))`;

export const loadDeliveries: Call<"loadDeliveries"> = async ({ sql, holding }, { ids }) => {
  const known = ids.filter(isId);
  if (known.length === 0) return [];
  const rows = inOrderOf(ids, await sql.all(openSql, known, holding.number));
  const [events, recipients, bound] = await Promise.all([
    eventParts(sql, rows),
    recipientsOf(sql, rows.map(recipientKey)),
    boundOf(sql, rows.filter(needsBound)),
  ]);
  return rows.flatMap((row) => {
    const event = events.get(text(row, "event_id"));
    if (event === undefined) return [];
    const recipientRecord = recipients.get(recipientName(recipientKey(row))) ?? null;
    return [deliveryRecord(row, { event, recipientRecord }, bound.get(text(row, "id")))];
  });
};

export function recipientKey(row: SqlRow) {
  return { environmentId: integer(row, "environment_id"), id: text(row, "recipient") };
}

const boundSql = `select distinct on (attempt.message_id) attempt.message_id, attempt.integration
  from json_to_recordset($1) as r (environment_id int, id uuid)
  join attempt on attempt.environment_id = r.environment_id and attempt.message_id = r.id and ${few}
  where attempt.outcome <> 'rejected' order by attempt.message_id, attempt.number desc`;

async function boundOf(sql: Session, rows: readonly SqlRow[]): Promise<ReadonlyMap<string, string>> {
  if (rows.length === 0) return new Map();
  const keys = rows.map((row) => ({ environment_id: row["environment_id"], id: row["id"] }));
  const found = await sql.all(boundSql, JSON.stringify(keys));
  return new Map(found.map((row) => [text(row, "message_id"), text(row, "integration")]));
}
