import { integer, integerOrNull } from "../../sql/columns.ts";
import { behind, dueAhead, lookAgainAt, messageAhead, otherAhead } from "../../sql/order.ts";
import type { Database } from "../database.ts";

const aheadSql = `select ${messageAhead("message")} as message, ${otherAhead("message")} as other, ${dueAhead("message")} as due
  from message where id = ? and order_key is not null`;
const putOffSql = `update message set due_at = ?, reason = '${behind}' where id = ?`;

/** Puts a message off where others of its ordering key start before it. */
export function standsBehind(database: Database, messageId: string, at: number): boolean {
  const row = database.get(aheadSql, messageId);
  if (row === undefined) return false;
  const isMessage = integer(row, "message") === 1;
  if (!isMessage && integer(row, "other") === 0) return false;
  database.run(putOffSql, lookAgainAt({ isMessage, dueAt: integerOrNull(row, "due") }, at), messageId);
  return true;
}
