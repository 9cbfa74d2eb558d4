import type { DecisionQuery } from "../../../ports/store/decisions.ts";
import { channelCode } from "../../sql/codes.ts";
import { integer, type SqlRow, type SqlValue, text } from "../../sql/columns.ts";
import { type Below, belowOf, belowTime, type Placed, sinceOf } from "../../sql/decision-place.ts";
import { type DecisionSource, mergedDecisions } from "../../sql/merged-decisions.ts";
import { decisionRow } from "../../sql/rows/log.ts";
import { messageRow } from "../../sql/rows/message.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import { attemptsOf } from "../attempts.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { bucketMs, messageBucket } from "./newest-messages.ts";

interface Found extends Placed {
  row: SqlRow;
}

/** Looks that one page takes at each table: half a year of buckets. One into a bucket that has nothing takes some 10 µs. */
const looksMax = 1000;
const chunk = 101;

export const listDecisions: Call<"listDecisions"> = ({ database }, query) => {
  const below = belowOf(query.before);
  const { rows, next } = mergedDecisions(
    [
      look(database, "message", below.message, query, messageFits(query)),
      look(database, "decision", below.decision, query, decisionFits(query)),
    ],
    query.limit,
  );
  const items = rows.map(({ kind, row }) =>
    kind === "message" ? { message: messageRow(row, attemptsOf(database, row)) } : { decision: decisionRow(row) },
  );
  return { items, next };
};

const decisionBucketSql =
  "select at >> 24 as bucket from decision where at >> 24 <= ? and recipient <> '' order by at >> 24 desc limit 1";

const tables = {
  message: {
    bucketBefore: messageBucket,
    rows: `select * from message where created_at >> 24 = ? and environment_id = ? and recipient = ? and (created_at, id) < (?, ?)
      order by created_at desc, id desc limit ?`,
    at: "created_at",
    key: (row: SqlRow) => text(row, "id"),
    keyValue: (key: string): SqlValue => key,
  },
  decision: {
    bucketBefore(database: Database, at: number): number | undefined {
      const row = database.get(decisionBucketSql, Math.floor(at / bucketMs));
      return row === undefined ? undefined : integer(row, "bucket");
    },
    rows: `select * from decision where at >> 24 = ? and environment_id = ? and recipient = ? and recipient <> ''
        and (at, sequence) < (?, ?)
      order by at desc, sequence desc limit ?`,
    at: "at",
    key: (row: SqlRow) => String(integer(row, "sequence")),
    keyValue: (key: string): SqlValue => Number(key),
  },
} as const;

/** Leaps from bucket to bucket, newest first, until the page is full or enough was looked at. */
function look(
  database: Database,
  kind: "message" | "decision",
  below: Below,
  query: DecisionQuery,
  fits: (row: SqlRow) => boolean,
): DecisionSource<Found> {
  const table = tables[kind];
  const since = sinceOf(query);
  const found: Found[] = [];
  let from = below;
  let scanned = 0;
  for (let looks = 0; looks < looksMax && scanned < scannedMax; looks += 1) {
    const bucket = table.bucketBefore(database, from.at);
    if (bucket === undefined || (bucket + 1) * bucketMs <= since) return { rows: found, reached: undefined };
    const key = table.keyValue(from.key);
    const rows = database.all(table.rows, bucket, query.environmentId, query.recipient, from.at, key, chunk);
    for (const row of rows) {
      from = { at: integer(row, table.at), key: table.key(row) };
      if (fits(row)) found.push({ ...from, kind, row });
      if (found.length > query.limit) return { rows: found, reached: { ...from, kind } };
    }
    scanned += rows.length;
    if (rows.length < chunk) from = belowTime(kind, bucket * bucketMs);
  }
  return { rows: found, reached: { ...from, kind } };
}

const outcomeOf = (outcome: string): string => `"outcome":"${outcome}"`;

function messageFits({ category, workflow, channel, outcome, eventId }: DecisionQuery) {
  return (row: SqlRow): boolean =>
    (category === undefined || text(row, "category") === category) &&
    (workflow === undefined || text(row, "workflow") === workflow) &&
    (channel === undefined || integer(row, "channel") === channelCode[channel]) &&
    (outcome === undefined || text(row, "decisions").includes(outcomeOf(outcome))) &&
    (eventId === undefined || text(row, "event_id") === eventId);
}

function decisionFits({ category, workflow, channel, outcome, eventId }: DecisionQuery) {
  return (row: SqlRow): boolean =>
    (category === undefined || text(row, "category") === category) &&
    (workflow === undefined || text(row, "workflow") === workflow) &&
    (channel === undefined || text(row, "channel") === channel) &&
    (outcome === undefined || text(row, "outcome") === outcome) &&
    (eventId === undefined || text(row, "event_id") === eventId);
}
