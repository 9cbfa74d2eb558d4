import { integer, type SqlRow, text } from "../../sql/columns.ts";
import type { Call, Holding } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** Keys that one look passes, as most may be in force: an index by expiry is what every accepted event would pay for. */
const passedMin = 10_000;
const passedPerLimit = 10;

interface Place {
  bucket: number;
  environmentId: number;
  keyHash: string;
}
const start: Place = { bucket: -1, environmentId: 0, keyHash: "" };

/** Where the look before had to leave off: a hint that may be lost. Old buckets are dropped whole anyway. */
const leftOff = new WeakMap<Holding, Place>();

export const purgeExpiredKeys: Call<"purgeExpiredKeys"> = async ({ sql, holding }, { now, limit }) => {
  const passed = Math.max(passedMin, limit * passedPerLimit);
  const from = leftOff.get(holding) ?? start;
  const expired = await expiredKeys(sql, from, { now, limit, passed });
  const last = expired.at(-1);
  const next = last !== undefined && expired.length === limit ? last : await endOfLook(sql, from, passed);
  if (next === undefined) leftOff.delete(holding);
  else leftOff.set(holding, next);
  const keys = await deleteKeys(sql, expired, now);
  let claims = 0;
  for (const table of ["dedupe", "throttle", "arrival", "feedback_once", "derived"] as const)
    claims += await sql.run(claimsSql(table), now, limit);
  return keys + claims;
};

const columns = "bucket, environment_id, key_hash";
const behind = `from idempotency where bucket >= $1 and (${columns}) > ($1, $2, $3) order by ${columns}`;
const expiredSql = `select ${columns} from (select ${columns}, expires_at ${behind} limit $4) as passed
  where expires_at <= $5 order by ${columns} limit $6`;
const endSql = `select ${columns} ${behind} offset $4 limit 1`;

async function expiredKeys(
  sql: Session,
  from: Place,
  { now, limit, passed }: { now: number; limit: number; passed: number },
): Promise<Place[]> {
  const { bucket, environmentId, keyHash } = from;
  return (await sql.all(expiredSql, bucket, environmentId, keyHash, passed, now, limit)).map(placeOf);
}

/** Undefined where the look saw the last key: the next one begins anew. */
async function endOfLook(sql: Session, from: Place, passed: number): Promise<Place | undefined> {
  const row = await sql.get(endSql, from.bucket, from.environmentId, from.keyHash, passed - 1);
  return row === undefined ? undefined : placeOf(row);
}

/** A key that was accepted at the edge of a bucket stands in the next one too. */
const deletedSql = `delete from idempotency
  using json_to_recordset($1) as r (bucket int, environment_id int, key_hash text)
  where idempotency.bucket = r.bucket and idempotency.environment_id = r.environment_id
    and idempotency.key_hash = r.key_hash and idempotency.expires_at <= $2 and ${few}
  returning idempotency.environment_id, idempotency.key_hash`;

/** Gives how many keys went. */
async function deleteKeys(sql: Session, places: readonly Place[], now: number): Promise<number> {
  if (places.length === 0) return 0;
  const rows = places.flatMap(({ bucket, environmentId, keyHash }) =>
    [bucket, bucket + 1].map((each) => ({ bucket: each, environment_id: environmentId, key_hash: keyHash })),
  );
  const gone = await sql.all(deletedSql, JSON.stringify(rows), now);
  return new Set(gone.map((row) => `${integer(row, "environment_id")}:${text(row, "key_hash")}`)).size;
}

/** What a turn has just claimed anew is locked by it, and is passed. */
const claimsSql = (
  table: "dedupe" | "throttle" | "arrival" | "feedback_once" | "derived",
) => `delete from ${table} where ctid = any (array(
    select ctid from ${table} where expires_at <= $1 order by expires_at limit $2 for update skip locked
  ))`;

function placeOf(row: SqlRow): Place {
  return {
    bucket: integer(row, "bucket"),
    environmentId: integer(row, "environment_id"),
    keyHash: text(row, "key_hash"),
  };
}
