import type { DecisionEntry, DecisionQuery } from "../../../ports/store/decisions.ts";
import { channelCode } from "../../sql/codes.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { belowOf, type Placed, sinceOf } from "../../sql/decision-place.ts";
import { isId } from "../../sql/is-id.ts";
import { type DecisionSource, mergedDecisions } from "../../sql/merged-decisions.ts";
import { decisionRow } from "../../sql/rows/log.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import type { Read } from "../context.ts";
import type { Session } from "../session.ts";
import { messageRows } from "./message-rows.ts";

interface Found extends Placed {
  row: SqlRow;
}

const scanned = {
  message: `from message where environment_id = $1 and recipient collate "C" = $2 and (created_at, id) < ($3, $4::uuid)
    and created_at >= $5 order by created_at desc, id desc`,
  decision: `from decision where environment_id = $1 and recipient collate "C" = $2 and recipient <> ''
    and (at, sequence) < ($3, $4::bigint) and at >= $5 order by at desc, sequence desc`,
} as const;
const filters = `($6::text is null or category = $6) and ($7::text is null or workflow = $7)
  and ($8::uuid is null or event_id = $8)`;
/** Each reads no further than it needs to fill the page. */
const sql = {
  message: {
    page: `select * from (select * ${scanned.message} limit ${scannedMax}) as scanned
      where ${filters} and ($9::int is null or channel = $9) and ($10::text is null or position($10 in decisions) > 0)
      order by created_at desc, id desc limit $11`,
    last: `select created_at as at, id::text as key ${scanned.message} offset ${scannedMax - 1} limit 1`,
    at: "created_at",
    key: (row: SqlRow) => text(row, "id"),
  },
  decision: {
    page: `select * from (select * ${scanned.decision} limit ${scannedMax}) as scanned
      where ${filters} and ($9::text is null or channel = $9) and ($10::text is null or outcome = $10)
      order by at desc, sequence desc limit $11`,
    last: `select at, sequence::text as key ${scanned.decision} offset ${scannedMax - 1} limit 1`,
    at: "at",
    key: (row: SqlRow) => String(integer(row, "sequence")),
  },
} as const;

export const listDecisions: Read<"listDecisions"> = async (context, query) => {
  if (query.eventId !== undefined && !isId(query.eventId)) return { items: [], next: undefined };
  const { outcome, channel } = query;
  const [messages, decisions] = await Promise.all([
    look(context.sql, "message", query, [
      channel === undefined ? null : channelCode[channel],
      outcome === undefined ? null : `"outcome":"${outcome}"`,
    ]),
    look(context.sql, "decision", query, [channel ?? null, outcome ?? null]),
  ]);
  const { rows, next } = mergedDecisions([messages, decisions], query.limit);
  return { items: await entriesOf(context.sql, rows), next };
};

async function look(
  session: Session,
  kind: "message" | "decision",
  query: DecisionQuery,
  own: readonly (string | number | null)[],
): Promise<DecisionSource<Found>> {
  const { environmentId, recipient, category = null, workflow = null, eventId = null, limit } = query;
  const below = belowOf(query.before)[kind];
  const from = [environmentId, recipient, below.at, below.key, sinceOf(query)];
  const statement = sql[kind];
  const found = await session.all(statement.page, ...from, category, workflow, eventId, ...own, limit + 1);
  const rows = found.map((row): Found => ({ at: integer(row, statement.at), kind, key: statement.key(row), row }));
  const last = rows.at(-1);
  if (last !== undefined && rows.length > limit) return { rows, reached: last };
  const end = await session.get(statement.last, ...from);
  return { rows, reached: end === undefined ? undefined : { at: integer(end, "at"), kind, key: text(end, "key") } };
}

/** In their order; attempts of all messages are read together. */
async function entriesOf(session: Session, rows: readonly Found[]): Promise<DecisionEntry[]> {
  const messages = await messageRows(
    session,
    rows.flatMap(({ kind, row }) => (kind === "message" ? [row] : [])),
  );
  const byId = new Map(messages.map((message) => [message.id, message]));
  return rows.flatMap(({ kind, key, row }): DecisionEntry[] => {
    if (kind === "decision") return [{ decision: decisionRow(row) }];
    const message = byId.get(key);
    return message === undefined ? [] : [{ message }];
  });
}
