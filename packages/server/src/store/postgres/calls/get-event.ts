import { isId } from "../../sql/is-id.ts";
import { eventRow } from "../../sql/rows/log.ts";
import type { Call } from "../context.ts";
import { messageRows } from "./message-rows.ts";

export const getEvent: Call<"getEvent"> = async ({ sql }, { environmentId, id, limit }) => {
  if (!isId(id)) return undefined;
  const row = await sql.get("select * from event where environment_id = $1 and id = $2", environmentId, id);
  if (row === undefined) return undefined;
  const [messages, runs, decisions, derived] = await Promise.all([
    sql.all("select * from message where event_id = $1 order by id limit $2", id, limit + 1),
    sql.all("select * from run where event_id = $1 order by id limit $2", id, limit + 1),
    sql.all(
      "select * from decision where environment_id = $1 and event_id = $2 order by sequence limit $3",
      environmentId,
      id,
      limit + 1,
    ),
    sql.get("select * from derived where environment_id = $1 and root = $2", environmentId, id),
  ]);
  return eventRow(row, {
    derived,
    messages: await messageRows(sql, messages.slice(0, limit)),
    runs: runs.slice(0, limit),
    decisions: decisions.slice(0, limit),
    truncated: messages.length > limit || runs.length > limit || decisions.length > limit,
  });
};
