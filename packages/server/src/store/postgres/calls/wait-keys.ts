import type { Arrival, AwaitedKey } from "../../../ports/store/waits.ts";
import { firstFor, foldArrival, noneRecent, type Recent, recentOf } from "../../sql/arrivals.ts";
import { integer, text } from "../../sql/columns.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** A run that comes to wait. */
export interface Waiting {
  id: string;
  environmentId: number;
  eventId: string;
  dueAt: number;
  awaited: AwaitedKey;
}

/** What has arrived under each key which the call holds. */
export type HeldKeys = ReadonlyMap<string, Recent>;

/** One that is not there is made and empty, as if it had expired; those that are there are locked. */
const heldSql = `insert into arrival (environment_id, key_hash, recent, expires_at)
  select environment_id, key_hash, '${noneRecent}', 0 from json_to_recordset($1) as r (environment_id int, key_hash text)
  on conflict (environment_id, key_hash) do update set recent = arrival.recent
  returning environment_id, key_hash, recent`;

const keptSql = `update arrival set recent = r.recent, expires_at = greatest(arrival.expires_at, r.expires_at)
  from json_to_recordset($1) as r (environment_id int, key_hash text, recent text, expires_at bigint)
  where arrival.environment_id = r.environment_id and arrival.key_hash = r.key_hash and ${few}`;

/**
 * Keeps what arrives, and locks its keys and those of runs that come to wait, in their order, so that two calls never wait for each
 * other. It comes before any run is locked: READ COMMITTED would let an arrival miss a run that comes to wait beside it,
 * and the run the arrival. Advisory locks were rejected: a call may have thousands of keys, and those have a fixed table.
 */
export async function holdKeys(
  sql: Session,
  arrivals: readonly Arrival[],
  waiting: readonly Waiting[],
): Promise<HeldKeys> {
  if (arrivals.length === 0 && waiting.length === 0) return new Map();
  const wanted = new Map<string, { environment_id: number; key_hash: string }>();
  for (const { environmentId, keyHash } of [
    ...arrivals,
    ...waiting.map(({ awaited, ...run }) => ({ ...run, ...awaited })),
  ])
    wanted.set(keyOf(environmentId, keyHash), { environment_id: environmentId, key_hash: keyHash });
  const rows = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const held = new Map(
    (await sql.all(heldSql, JSON.stringify(rows))).map((row) => [
      keyOf(integer(row, "environment_id"), text(row, "key_hash")),
      recentOf(text(row, "recent")),
    ]),
  );
  await keep(sql, arrivals, held);
  return held;
}

async function keep(sql: Session, arrivals: readonly Arrival[], held: Map<string, Recent>): Promise<void> {
  if (arrivals.length === 0) return;
  const kept = new Map<string, { environment_id: number; key_hash: string; recent: string; expires_at: number }>();
  for (const arrival of arrivals) {
    const { environmentId, keyHash, expiresAt } = arrival;
    const key = keyOf(environmentId, keyHash);
    const recent = foldArrival(held.get(key) ?? [], arrival);
    held.set(key, recent);
    const until = Math.max(expiresAt, kept.get(key)?.expires_at ?? 0);
    const row = { environment_id: environmentId, key_hash: keyHash, recent: JSON.stringify(recent), expires_at: until };
    kept.set(key, row);
  }
  await sql.run(keptSql, JSON.stringify([...kept.values()]));
}

/** What runs that come to wait find to have arrived, by their ids. */
export function foundAmong(held: HeldKeys, waiting: readonly Waiting[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, environmentId, eventId, dueAt, awaited } of waiting) {
    const recent = held.get(keyOf(environmentId, awaited.keyHash)) ?? [];
    const first = firstFor(recent, { since: awaited.since, dueAt, eventId });
    if (first !== undefined) found.set(id, first);
  }
  return found;
}

const keyOf = (environmentId: number, keyHash: string): string => `${environmentId}:${keyHash}`;
