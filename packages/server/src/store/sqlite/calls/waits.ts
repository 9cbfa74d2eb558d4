import type { NewRun } from "../../../ports/store/orchestrate.ts";
import type { Arrival, AwaitedKey, RunWait, WaitsWritten, WokenRun } from "../../../ports/store/waits.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import {
  isFound,
  supersededVersion,
  supersededWaitsSql,
  waitsForSql,
  waitsWritten,
  wokenRun,
} from "../../sql/waits.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import type { EventParts } from "./event-parts.ts";

const keptSql = `insert into arrival (environment_id, key_hash, event_id, at, expires_at) values (?, ?, ?, ?, ?)
  on conflict do update set event_id = case when excluded.at > at then excluded.event_id else event_id end,
    at = max(at, excluded.at), expires_at = max(expires_at, excluded.expires_at)`;
const leftSql = "insert into wake (environment_id, key_hash, event_id, at) values (?, ?, ?, ?) on conflict do nothing";

/** Keeps what has arrived for runs that come to wait later, and wakes those that wait. */
export function writeArrivals(
  database: Database,
  arrivals: readonly Arrival[],
  now: number,
): Pick<WaitsWritten, "woken" | "isWakeLeft"> {
  const woken: WokenRun[] = [];
  let isWakeLeft = false;
  for (const arrival of arrivals) {
    const { environmentId, keyHash, eventId, at, expiresAt, wakesMax } = arrival;
    database.run(keptSql, environmentId, keyHash, eventId, at, expiresAt);
    const runs = wake(database, arrival, now, wakesMax);
    woken.push(...runs);
    if (runs.length < wakesMax) continue;
    database.run(leftSql, environmentId, keyHash, eventId, at);
    isWakeLeft = true;
  }
  return waitsWritten({ woken, isWakeLeft });
}

const wokenSql = `update run set arrived_event = ?, due_at = ? where id in (
    select run.id from run where run.wait_key = ? and run.environment_id = ? and ${waitsForSql("?", "?")} order by run.id limit ?
  ) returning id, lane`;

function wake(
  database: Database,
  { environmentId, keyHash, eventId, at }: Pick<Arrival, "environmentId" | "keyHash" | "eventId" | "at">,
  now: number,
  limit: number,
): WokenRun[] {
  return database.all(wokenSql, eventId, now, keyHash, environmentId, at, at, eventId, limit).map(wokenRun);
}

export const wakeRuns: Call<"wakeRuns"> = ({ database }, { now, limit }) => {
  const woken: WokenRun[] = [];
  for (const row of database.all("select * from wake order by environment_id, key_hash, event_id limit ?", limit)) {
    const arrival = {
      environmentId: integer(row, "environment_id"),
      keyHash: text(row, "key_hash"),
      eventId: text(row, "event_id"),
      at: integer(row, "at"),
    };
    const room = limit - woken.length;
    const runs = wake(database, arrival, now, room);
    woken.push(...runs);
    if (runs.length >= room) return { woken, isLeft: true };
    const { environmentId, keyHash, eventId } = arrival;
    const done = "delete from wake where environment_id = ? and key_hash = ? and event_id = ?";
    database.run(done, environmentId, keyHash, eventId);
  }
  return { woken, isLeft: database.get("select 1 from wake limit 1") !== undefined };
};

/** What a run comes to wait for, where that has arrived already. */
export function findArrival(
  database: Database,
  run: Pick<NewRun, "environmentId" | "eventId" | "dueAt">,
  { keyHash, since }: AwaitedKey,
): string | undefined {
  const row = database.get(
    "select event_id, at from arrival where environment_id = ? and key_hash = ?",
    run.environmentId,
    keyHash,
  );
  if (row === undefined) return undefined;
  const arrival = { eventId: textOrNull(row, "event_id"), at: integer(row, "at") };
  return isFound(arrival, { ...run, since }) ? (arrival.eventId ?? undefined) : undefined;
}

const wakingSql = `select wake.event_id from run join wake on wake.environment_id = run.environment_id and wake.key_hash = run.wait_key
  where run.id = ? and ${waitsForSql("wake.event_id", "wake.at")} order by wake.at limit 1`;

/** What the run waits for; null where it waits for no event. */
export function readWait(database: Database, row: SqlRow, events: EventParts): RunWait | null {
  if (row["wait_key"] === null) return null;
  const rowEventId = textOrNull(row, "arrived_event");
  const waking = rowEventId === null ? database.get(wakingSql, text(row, "id")) : undefined;
  const eventId = rowEventId ?? (waking === undefined ? null : text(waking, "event_id"));
  return { rowEventId, eventId, event: eventId === null ? null : (events.of(eventId) ?? null) };
}

const supersededSql = supersededWaitsSql(`instr(waits.document, '"type":"wait_for"') > 0`);

export const supersededWaits: Call<"supersededWaits"> = ({ database }, { limit }) =>
  database.all(`${supersededSql} limit ?`, limit).map(supersededVersion);
