import { integer, type SqlRow } from "../../sql/columns.ts";
import type { Database } from "../database.ts";

/** As the index message_recipient has them: it leads with a bucket of time. */
export const bucketMs = 2 ** 24;

const bucketSql =
  "select created_at >> 24 as bucket from message where created_at >> 24 <= ? order by created_at >> 24 desc limit 1";

/** The latest bucket up to the one of a moment that has a message; undefined where there is none. A look takes some 10 µs. */
export function messageBucket(database: Database, at: number): number | undefined {
  const row = database.get(bucketSql, Math.floor(at / bucketMs));
  return row === undefined ? undefined : integer(row, "bucket");
}

/** Buckets that have messages since a moment, newest first. */
export function messageBuckets(database: Database, since: number): number[] {
  const buckets: number[] = [];
  let bucket = messageBucket(database, Number.MAX_SAFE_INTEGER);
  while (bucket !== undefined && (bucket + 1) * bucketMs > since) {
    buckets.push(bucket);
    bucket = messageBucket(database, bucket * bucketMs - 1);
  }
  return buckets;
}

/** SQL for `newestMessages` that gives these columns. */
export const newestSql = (columns: string): string => `select ${columns} from message
  where created_at >> 24 = ? and environment_id = ? and recipient = ? and created_at >= ? order by created_at desc, id desc limit ?`;

/** The newest messages of a recipient since a moment, from bucket to bucket until there are enough. */
export function newestMessages(
  database: Database,
  sql: string,
  of: { environmentId: number; recipient: string; since: number; limit: number },
  buckets: readonly number[],
): SqlRow[] {
  const rows: SqlRow[] = [];
  for (const bucket of buckets) {
    rows.push(...database.all(sql, bucket, of.environmentId, of.recipient, of.since, of.limit - rows.length));
    if (rows.length >= of.limit) break;
  }
  return rows;
}
