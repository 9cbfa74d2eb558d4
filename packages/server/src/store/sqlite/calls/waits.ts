import type { NewRun } from "../../../ports/store/orchestrate.ts";
import type { Arrival, AwaitedKey, RunWait, WaitsWritten, WokenRun } from "../../../ports/store/waits.ts";
import { firstFor, foldArrival, type Recent, recentOf } from "../../sql/arrivals.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { supersededVersion, supersededWaitsSql, waitsForSql, waitsWritten, wokenRun } from "../../sql/waits.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import type { EventParts } from "./event-parts.ts";

const keptSql = `insert into arrival (environment_id, key_hash, recent, expires_at) values (?, ?, ?, ?)
  on conflict do update set recent = excluded.recent, expires_at = max(expires_at, excluded.expires_at)`;
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
    const recent = foldArrival(recentAt(database, environmentId, keyHash), arrival);
    database.run(keptSql, environmentId, keyHash, JSON.stringify(recent), expiresAt);
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
  { environmentId, eventId, dueAt }: Pick<NewRun, "environmentId" | "eventId" | "dueAt">,
  { keyHash, since }: AwaitedKey,
): string | undefined {
  return firstFor(recentAt(database, environmentId, keyHash), { since, dueAt, eventId });
}

function recentAt(database: Database, environmentId: number, keyHash: string): Recent {
  const sql = "select recent from arrival where environment_id = ? and key_hash = ?";
  const row = database.get(sql, environmentId, keyHash);
  return row === undefined ? [] : recentOf(text(row, "recent"));
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
