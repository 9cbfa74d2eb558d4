import type { MessageRow } from "../../../ports/store/log.ts";
import { attemptRows } from "../../sql/attempts.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** Rows of `message` with all their attempts, in the order given. */
export async function messageRows(sql: Session, rows: readonly SqlRow[]): Promise<MessageRow[]> {
  const repeated = rows.filter((row) => integer(row, "attempts") > 1);
  const earlier = new Map<string, SqlRow[]>();
  if (repeated.length > 0) {
    const found = await sql.all(
      `select attempt.* from json_to_recordset($1) as r (environment_id int, id uuid)
       join attempt on attempt.environment_id = r.environment_id and attempt.message_id = r.id and ${few} order by attempt.number`,
      JSON.stringify(repeated.map((row) => ({ environment_id: row["environment_id"], id: row["id"] }))),
    );
    for (const row of found) {
      const own = earlier.get(text(row, "message_id")) ?? [];
      earlier.set(text(row, "message_id"), own);
      own.push(row);
    }
  }
  return rows.map((row) => messageRow(row, attemptRows(row, earlier.get(text(row, "id")) ?? [])));
}
