import { channels, lanes } from "@tidings/contract/words";
import type { QueueDepth } from "../../../ports/store/maintenance.ts";
import { channelCode, laneCode, messageStateCode } from "../../sql/codes.ts";
import { integer, integerOrNull, type SqlRow } from "../../sql/columns.ts";
import type { Read } from "../context.ts";

type Depth = Pick<QueueDepth, "due" | "oldestDueAt">;

/**
 * Skips along a due index, of which the holder is the first column: two seeks for each holder and queue that has open rows,
 * and then a bounded count in each.
 */
function depthSql(table: string, queue: string, condition: string): string {
  const place = `holder, ${queue}`;
  const of = (alias: string): string => place.replaceAll(/\w+/g, (column) => `${alias}.${column}`);
  const equal = place.split(", ").map((column) => `${table}.${column} = place.${column}`);
  return `with recursive place (${place}) as (
      (select ${place} from ${table} where due_at is not null order by ${place} limit 1)
      union all
      select ${of("next")} from place cross join lateral (
        select ${of("other")} from ${table} as other where other.due_at is not null and (${of("other")}) > (${of("place")})
        order by ${of("other")} limit 1
      ) as next
    )
    select ${queue}, least(sum(depth.due), $2)::bigint as due, min(depth.oldest) as oldest
    from place cross join lateral (
      select count(*) as due, min(due_at) as oldest from (
        select due_at from ${table} where ${equal.join(" and ")} and due_at is not null and due_at <= $1 and ${condition} limit $2
      ) as counted
    ) as depth
    group by ${queue}`;
}

const sql = {
  events: depthSql("event", "lane", "true"),
  parts: depthSql("continuation", "lane", "true"),
  runs: depthSql("run", "lane", "true"),
  effects: depthSql("effect", "lane", "true"),
  delivery: depthSql("message", "lane, channel", `state = ${messageStateCode.queued}`),
} as const;

export const queueDepths: Read<"queueDepths"> = async (context, { now, countMax }) => {
  const read = (text: string): Promise<SqlRow[]> => context.sql.all(text, now, countMax);
  const [events, parts, runs, effects, delivery] = await Promise.all([
    read(sql.events),
    read(sql.parts),
    read(sql.runs),
    read(sql.effects),
    read(sql.delivery),
  ]);
  return lanes.flatMap((lane): QueueDepth[] => {
    const own = depthOf(events, laneCode[lane]);
    const others = depthOf(parts, laneCode[lane]);
    const oldestDueAt = earlier(own.oldestDueAt, others.oldestDueAt);
    return [
      { queue: "events", lane, channel: undefined, due: own.due + others.due, oldestDueAt },
      { queue: "runs", lane, channel: undefined, ...depthOf(runs, laneCode[lane]) },
      { queue: "effects", lane, channel: undefined, ...depthOf(effects, laneCode[lane]) },
      ...channels.map((channel): QueueDepth => {
        const of = delivery.filter((row) => row["channel"] === channelCode[channel]);
        return { queue: "delivery", lane, channel, ...depthOf(of, laneCode[lane]) };
      }),
    ];
  });
};

function depthOf(rows: readonly SqlRow[], lane: number): Depth {
  const row = rows.find((each) => each["lane"] === lane);
  if (row === undefined) return { due: 0, oldestDueAt: undefined };
  return { due: integer(row, "due"), oldestDueAt: integerOrNull(row, "oldest") ?? undefined };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
