import { eventStateCode, laneCode } from "../../sql/codes.ts";
import { integer, textOrNull } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { pausedUntil } from "../../sql/paused.ts";
import { eventRecord } from "../../sql/rows/event.ts";
import type { Call } from "../context.ts";
import { inOrderOf } from "./in-order-of.ts";
import { ofAnyEnvironment } from "./of-any-environment.ts";

/** An event's own part, or that of another lane. Ids alone come from the queue: they are looked for in every environment. */
const openSql = `select event.*, coalesce(part.cursor, event.cursor) as part_cursor,
    case when part.lane is null then event.position else part.position end as part_position
  from ${ofAnyEnvironment("event")} left join continuation part
    on part.environment_id = event.environment_id and part.event_id = event.id and part.lane = $2 and part.due_at <> ${pausedUntil}
      and event.lane <> $2
  where (event.lane = $2 and event.state = ${eventStateCode.accepted} and event.due_at <> ${pausedUntil}) or part.lane is not null`;

export const loadEvents: Call<"loadEvents"> = async ({ sql }, { ids, lane }) => {
  const known = ids.filter(isId);
  if (known.length === 0) return [];
  const rows = await sql.all(openSql, known, laneCode[lane]);
  return inOrderOf(ids, rows).map((row) =>
    eventRecord(row, integer(row, "part_cursor"), textOrNull(row, "part_position")),
  );
};
