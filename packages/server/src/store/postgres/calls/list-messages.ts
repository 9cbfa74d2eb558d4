import type { MessageQuery } from "../../../ports/store/log.ts";
import { channelCode, messageStateCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import type { Read } from "../context.ts";
import { messageRows } from "./message-rows.ts";

/** After every id. */
const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * The environment is kept out of the index where an event is asked for: by the environment's key, which has the order, all
 * its messages would be passed.
 */
const scanned = {
  all: "from message where environment_id = $1 and id < $2 order by id desc",
  event: "from message where event_id = $3 and environment_id + 0 = $1 and id < $2 order by id desc",
} as const;
/** Reads no further than it needs to fill the page. */
const pageSql = (from: string, next: number): string =>
  `select * from (select * ${from} limit ${scannedMax}) as scanned
   where ($${next}::int is null or state = $${next}) and ($${next + 1}::int is null or channel = $${next + 1})
     and ($${next + 2}::text is null or recipient = $${next + 2})
   order by id desc limit $${next + 3}`;
const lastSql = (from: string): string => `select id ${from} offset ${scannedMax - 1} limit 1`;
const sql = {
  all: { page: pageSql(scanned.all, 3), last: lastSql(scanned.all) },
  event: { page: pageSql(scanned.event, 4), last: lastSql(scanned.event) },
} as const;

export const listMessages: Read<"listMessages"> = async (context, query) => {
  const { eventId, limit } = query;
  const before = query.before === "" ? newest : query.before;
  if (!isId(before) || (eventId !== undefined && !isId(eventId))) return { items: [], next: undefined };
  const statements = eventId === undefined ? sql.all : sql.event;
  const from = [query.environmentId, before, ...(eventId === undefined ? [] : [eventId])];
  const rows = await context.sql.all(statements.page, ...from, ...filters(query), limit);
  const items = await messageRows(context.sql, rows);
  if (items.length === limit) return { items, next: items.at(-1)?.id };
  const last = await context.sql.get(statements.last, ...from);
  return { items, next: last === undefined ? undefined : text(last, "id") };
};

function filters({ state, channel, recipient }: MessageQuery) {
  return [
    state === undefined ? null : messageStateCode[state],
    channel === undefined ? null : channelCode[channel],
    recipient ?? null,
  ];
}
