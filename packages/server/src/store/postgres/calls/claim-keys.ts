import type { AcceptResult, IdempotencyClaim, NewEvent } from "../../../ports/store/ingest.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { bucketOf, idempotencyBucketMs } from "../../sql/idempotency.ts";
import { inRounds } from "../../sql/in-rounds.ts";
import type { Session } from "../session.ts";

interface Claim {
  event: NewEvent;
  key: IdempotencyClaim;
}

/** Processes whose clocks differ by less than this agree on a bucket that both look into, ms. */
const overlapMs = 60_000;

/** Takes the keys of a call's events. Gives what is answered to those whose key was used before. */
export async function claimKeys(
  sql: Session,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<NewEvent, AcceptResult>> {
  const answers = new Map<NewEvent, AcceptResult>();
  const claims = events.flatMap((event): Claim[] =>
    event.idempotency === null ? [] : [{ event, key: event.idempotency }],
  );
  // Sorted, so that two calls never wait for each other's keys.
  const sorted = claims.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  for (const round of inRounds(sorted, nameOf)) await claimRound(sql, round, answers);
  return answers;
}

async function claimRound(sql: Session, claims: readonly Claim[], answers: Map<NewEvent, AcceptResult>): Promise<void> {
  const before = await find(sql, claims);
  const free = claims.filter((claim) => !answer(claim, before, answers));
  if (free.length === 0) return;
  const taken = await insert(sql, free);
  const lost = free.filter((claim) => !taken.has(nameOf(claim)));
  if (lost.length === 0) return;
  // Another call had them first: it has committed by now, as the insert waited for it.
  const after = await find(sql, lost);
  for (const claim of lost) {
    if (!answer(claim, after, answers)) throw new Error("an idempotency key was taken and is not there");
  }
}

function answer(
  { event, key }: Claim,
  found: ReadonlyMap<string, SqlRow>,
  answers: Map<NewEvent, AcceptResult>,
): boolean {
  const row = found.get(nameOf({ event, key }));
  if (row === undefined) return false;
  const isSame = text(row, "body_hash") === key.bodyHash;
  answers.set(event, isSame ? { status: "duplicate", id: text(row, "event_id") } : { status: "mismatch" });
  return true;
}

const foundSql = `select r.place, i.body_hash, i.event_id
  from json_to_recordset($1) as r (place int, environment_id int, bucket int, key_hash text, received_at bigint)
  join idempotency i on i.bucket = r.bucket and i.environment_id = r.environment_id and i.key_hash = r.key_hash
  where i.expires_at > r.received_at`;

async function find(sql: Session, claims: readonly Claim[]): Promise<ReadonlyMap<string, SqlRow>> {
  const rows = claims.flatMap(({ event, key }, place) => {
    const newest = bucketOf(event.receivedAt);
    const oldest = newest - Math.ceil((key.expiresAt - event.receivedAt) / idempotencyBucketMs);
    return Array.from({ length: newest - oldest + 2 }, (_, index) => ({
      place,
      environment_id: event.environmentId,
      bucket: newest + 1 - index,
      key_hash: key.keyHash,
      received_at: event.receivedAt,
    }));
  });
  const found = new Map<string, SqlRow>();
  for (const row of await sql.all(foundSql, JSON.stringify(rows))) {
    const claim = claims[integer(row, "place")];
    if (claim !== undefined) found.set(nameOf(claim), row);
  }
  return found;
}

const takenSql = `insert into idempotency as i (environment_id, bucket, key_hash, body_hash, event_id, expires_at)
  select environment_id, bucket, key_hash, body_hash, event_id, expires_at
  from json_to_recordset($1) as r (environment_id int, bucket int, key_hash text, body_hash text, event_id uuid, expires_at bigint)
  on conflict (bucket, environment_id, key_hash) do update
    set body_hash = excluded.body_hash, event_id = excluded.event_id, expires_at = excluded.expires_at
    where i.expires_at <= $2
  returning environment_id, key_hash, bucket`;

/** Near the edge of a bucket a key is written to both, in the older one first: there two calls meet whichever they are in. */
async function insert(sql: Session, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
  const near = claims.filter(({ event }) => event.receivedAt % idempotencyBucketMs < overlapMs);
  const older = near.length === 0 ? undefined : await insertInto(sql, near, -1);
  const open = claims.filter((claim) => older === undefined || !near.includes(claim) || older.has(nameOf(claim)));
  return insertInto(sql, open, 0);
}

async function insertInto(sql: Session, claims: readonly Claim[], offset: number): Promise<ReadonlySet<string>> {
  if (claims.length === 0) return new Set();
  const rows = claims.map(({ event, key }) => ({
    environment_id: event.environmentId,
    bucket: bucketOf(event.receivedAt) + offset,
    key_hash: key.keyHash,
    body_hash: key.bodyHash,
    event_id: event.id,
    expires_at: key.expiresAt,
  }));
  const now = Math.min(...claims.map(({ event }) => event.receivedAt));
  const found = await sql.all(takenSql, JSON.stringify(rows), now);
  return new Set(found.map((row) => `${integer(row, "environment_id")}:${text(row, "key_hash")}`));
}

const nameOf = ({ event, key }: Claim): string => `${event.environmentId}:${key.keyHash}`;
