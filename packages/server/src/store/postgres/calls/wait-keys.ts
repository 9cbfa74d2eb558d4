import type { Arrival, AwaitedKey } from "../../../ports/store/waits.ts";
import { integer, text, textOrNull } from "../../sql/columns.ts";
import { isFound } from "../../sql/waits.ts";
import type { Session } from "../session.ts";

/** A run that comes to wait, or has come. */
export interface Waiting {
  id: string;
  environmentId: number;
  eventId: string;
  dueAt: number;
  awaited: AwaitedKey;
}

/** The latest that has arrived under each key which the call holds. */
export type HeldKeys = ReadonlyMap<string, { eventId: string | null; at: number }>;

/** One that is not there is made and empty, as if it had expired. */
const heldSql = `insert into arrival (environment_id, key_hash, event_id, at, expires_at)
  select environment_id, key_hash, event_id, at, expires_at
  from json_to_recordset($1) as r (environment_id int, key_hash text, event_id uuid, at bigint, expires_at bigint)
  on conflict (environment_id, key_hash) do update set
    event_id = case when excluded.at > arrival.at then excluded.event_id else arrival.event_id end,
    at = greatest(arrival.at, excluded.at), expires_at = greatest(arrival.expires_at, excluded.expires_at)
  returning environment_id, key_hash, event_id, at`;

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
  const rows = new Map<string, { environment_id: number; key_hash: string; at: number; [column: string]: unknown }>();
  for (const { environmentId, awaited } of waiting) {
    const row = { environment_id: environmentId, key_hash: awaited.keyHash, event_id: null, at: 0, expires_at: 0 };
    rows.set(keyOf(environmentId, awaited.keyHash), row);
  }
  for (const { environmentId, keyHash, eventId, at, expiresAt } of arrivals) {
    const key = keyOf(environmentId, keyHash);
    if (at <= (rows.get(key)?.at ?? -1)) continue;
    rows.set(key, { environment_id: environmentId, key_hash: keyHash, event_id: eventId, at, expires_at: expiresAt });
  }
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const held = await sql.all(heldSql, JSON.stringify(sorted));
  return new Map(
    held.map((row) => [
      keyOf(integer(row, "environment_id"), text(row, "key_hash")),
      { eventId: textOrNull(row, "event_id"), at: integer(row, "at") },
    ]),
  );
}

/** What runs that come to wait find to have arrived, by their ids. */
export function foundAmong(held: HeldKeys, waiting: readonly Waiting[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { id, environmentId, eventId, dueAt, awaited } of waiting) {
    const arrival = held.get(keyOf(environmentId, awaited.keyHash));
    if (arrival === undefined || arrival.eventId === null) continue;
    if (isFound(arrival, { since: awaited.since, dueAt, eventId })) found.set(id, arrival.eventId);
  }
  return found;
}

const keyOf = (environmentId: number, keyHash: string): string => `${environmentId}:${keyHash}`;
