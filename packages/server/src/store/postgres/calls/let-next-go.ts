import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { nextSql } from "../../sql/order.ts";
import type { Session } from "../session.ts";
import { lockTexts } from "./lock-texts.ts";
import { lineName } from "./stand-behind.ts";
import { tellWatchers, watchedColumns } from "./tell-watchers.ts";

/** SQL: what is returned of messages that were settled, to let those go that wait for them, and to tell the runs that watch them. */
export const lineColumns = `message.order_key, message.recipient, message.channel, ${watchedColumns}`;

/** What somebody else has locked is about to be settled itself, or is looked at once this transaction has ended. */
const goingSql = `with next as (
    select m.environment_id, m.id
    from json_to_recordset($1) as r (order_key text, recipient text, channel smallint)
    join message m on ${nextSql}
    for update of m skip locked
  )
  update message set due_at = $2, reason = null, holder = 0 from next
  where message.environment_id = next.environment_id and message.id = next.id`;

/** Makes due what waits for messages that this call has settled, and runs that watch them: rows with `lineColumns`. */
export async function letNextGo(sql: Session, settled: readonly SqlRow[], at: number): Promise<void> {
  await tellWatchers(sql, settled, at);
  const lines = new Map<string, { order_key: string; recipient: string; channel: number }>();
  for (const row of settled) {
    if (row["order_key"] === null) continue;
    const line = {
      order_key: text(row, "order_key"),
      recipient: text(row, "recipient"),
      channel: integer(row, "channel"),
    };
    lines.set(lineName(line), line);
  }
  if (lines.size === 0) return;
  await lockTexts(sql, [...lines.keys()]);
  await sql.run(goingSql, JSON.stringify([...lines.values()]), at);
}
