import { runStateCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { watchEnds } from "../../sql/watches.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** SQL: what is returned of messages that were settled, to tell the runs that watch them. */
export const watchedColumns = "message.environment_id, message.id, message.state, message.watcher";

/** Locked in the order of their ids: calls that settle messages of the same steps wait for each other, and never in a circle. */
const toldSql = `with told as materialized (
    select run.environment_id, run.id, r.message from json_to_recordset($1) as r (environment_id int, id uuid, message uuid)
    join run on run.environment_id = r.environment_id and run.id = r.id and ${few}
    where run.state = ${runStateCode.waiting} order by run.id for update of run
  )
  update run set arrived_event = told.message, due_at = greatest($2, run.created_at), holder = 0 from told
  where run.environment_id = told.environment_id and run.id = told.id`;

/** Makes the runs due that watch messages which have ended, in their transaction: rows with `watchedColumns`. */
export async function tellWatchers(sql: Session, settled: readonly SqlRow[], at: number): Promise<void> {
  const told = new Map<string, { environment_id: number; id: string; message: string }>();
  for (const row of settled) {
    const id = textOrNull(row, "watcher");
    if (id === null || !watchEnds.has(integer(row, "state"))) continue;
    told.set(id, { environment_id: integer(row, "environment_id"), id, message: text(row, "id") });
  }
  if (told.size > 0) await sql.run(toldSql, JSON.stringify([...told.values()]), at);
}
