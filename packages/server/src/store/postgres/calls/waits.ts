import type { Arrival, RunWait, WaitsWritten } from "../../../ports/store/waits.ts";
import { integer, type SqlRow, text, textOrNull } from "../../sql/columns.ts";
import { supersededVersion, supersededWaitsSql, waitsForSql, wokenRun } from "../../sql/waits.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { eventParts } from "./event-parts.ts";

/** Of two events of one call that wake a run the earlier one is what has arrived. Locked by their ids, as all runs are. */
const wokenSql = `with found as materialized (
    select distinct on (run.id) run.environment_id, run.id, r.event_id, r.at, r.key_hash, r.now
    from json_to_recordset($1) as r (environment_id int, key_hash text, event_id uuid, at bigint, now bigint, wakes_max int)
    cross join lateral (
      select run.environment_id, run.id from run
      where run.wait_key = r.key_hash and run.environment_id = r.environment_id and ${waitsForSql("r.event_id", "r.at")}
      order by run.id limit r.wakes_max
    ) as run order by run.id, r.at
  ), locked as materialized (
    select run.environment_id, run.id, found.event_id, found.key_hash, found.now
    from found join run on run.environment_id = found.environment_id and run.id = found.id
    where run.wait_key = found.key_hash and ${waitsForSql("found.event_id", "found.at")}
    order by run.id for update of run
  )
  update run set arrived_event = r.event_id, due_at = r.now, holder = 0 from locked as r
  where run.environment_id = r.environment_id and run.id = r.id and ${few}
  returning run.id, run.lane, r.event_id, r.key_hash`;

async function wake(sql: Session, arrivals: readonly Omit<Arrival, "expiresAt">[], now: number): Promise<SqlRow[]> {
  const rows = arrivals.map(({ environmentId, keyHash, eventId, at, wakesMax }) => ({
    environment_id: environmentId,
    key_hash: keyHash,
    event_id: eventId,
    at,
    now,
    wakes_max: wakesMax,
  }));
  return sql.all(wokenSql, JSON.stringify(rows));
}

const leftSql = `insert into wake (environment_id, key_hash, event_id, at)
  select environment_id, key_hash, event_id, at
  from json_to_recordset($1) as r (environment_id int, key_hash text, event_id uuid, at bigint) on conflict do nothing`;

/** Wakes runs that wait for what has arrived; its keys are held. Gives what came of it, by the id of the event. */
export async function wakeFor(
  sql: Session,
  arrivals: readonly Arrival[],
  now: number,
): Promise<ReadonlyMap<string, WaitsWritten>> {
  const byEvent = new Map<
    string,
    Required<Pick<WaitsWritten, "isWakeLeft">> & { woken: ReturnType<typeof wokenRun>[] }
  >();
  if (arrivals.length === 0) return byEvent;
  for (const { eventId } of arrivals) byEvent.set(eventId, { woken: [], isWakeLeft: false });
  const counts = new Map<string, number>();
  for (const row of await wake(sql, arrivals, now)) {
    const eventId = text(row, "event_id");
    byEvent.get(eventId)?.woken.push(wokenRun(row));
    const name = `${eventId} ${text(row, "key_hash")}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  // A key of several arrivals is looked at again in any case: which of them took how many is not worth telling.
  const keys = new Map<string, number>();
  for (const { keyHash } of arrivals) keys.set(keyHash, (keys.get(keyHash) ?? 0) + 1);
  const left = arrivals.filter(
    ({ eventId, keyHash, wakesMax }) =>
      (counts.get(`${eventId} ${keyHash}`) ?? 0) >= wakesMax || (keys.get(keyHash) ?? 0) > 1,
  );
  if (left.length === 0) return byEvent;
  for (const { eventId } of left) Object.assign(byEvent.get(eventId) ?? {}, { isWakeLeft: true });
  const rows = left.map(({ environmentId, keyHash, eventId, at }) => ({
    environment_id: environmentId,
    key_hash: keyHash,
    event_id: eventId,
    at,
  }));
  await sql.run(leftSql, JSON.stringify(rows));
  return byEvent;
}

const takenSql = `select environment_id, key_hash, event_id, at from wake
  order by environment_id, key_hash, event_id limit 1 for update skip locked`;
const doneSql = "delete from wake where environment_id = $1 and key_hash = $2 and event_id = $3";

export const wakeRuns: Call<"wakeRuns"> = async ({ sql }, { now, limit }) => {
  const row = await sql.get(takenSql);
  if (row === undefined) return { woken: [], isLeft: false };
  const arrival = {
    environmentId: integer(row, "environment_id"),
    keyHash: text(row, "key_hash"),
    eventId: text(row, "event_id"),
    at: integer(row, "at"),
    wakesMax: limit,
  };
  const woken = (await wake(sql, [arrival], now)).map(wokenRun);
  if (woken.length < limit) await sql.run(doneSql, arrival.environmentId, arrival.keyHash, arrival.eventId);
  return { woken, isLeft: true };
};

const wakingSql = `select distinct on (run.id) run.id, wake.event_id
  from json_to_recordset($1) as r (environment_id int, id uuid)
  join run on run.environment_id = r.environment_id and run.id = r.id and ${few}
  join wake on wake.environment_id = run.environment_id and wake.key_hash = run.wait_key
  where ${waitsForSql("wake.event_id", "wake.at")} order by run.id, wake.at`;

/** What runs wait for, by their ids; of those that wait for no event nothing. */
export async function readWaits(sql: Session, runs: readonly SqlRow[]): Promise<ReadonlyMap<string, RunWait>> {
  const waiting = runs.filter((row) => row["wait_key"] !== null);
  if (waiting.length === 0) return new Map();
  const open = waiting.filter((row) => row["arrived_event"] === null);
  const keys = open.map(({ environment_id, id }) => ({ environment_id, id }));
  const waking = open.length === 0 ? [] : await sql.all(wakingSql, JSON.stringify(keys));
  const wakingOf = new Map(waking.map((row) => [text(row, "id"), text(row, "event_id")]));
  const waits = waiting.map((row) => {
    const rowEventId = textOrNull(row, "arrived_event");
    const id = text(row, "id");
    return { id, environmentId: row["environment_id"], rowEventId, eventId: rowEventId ?? wakingOf.get(id) ?? null };
  });
  const arrived = waits.filter(({ eventId }) => eventId !== null);
  const events = await eventParts(
    sql,
    arrived.map(({ environmentId, eventId }) => ({ environment_id: environmentId, event_id: eventId }) as SqlRow),
  );
  return new Map(
    waits.map(({ id, rowEventId, eventId }) => [
      id,
      { rowEventId, eventId, event: eventId === null ? null : (events.get(eventId) ?? null) },
    ]),
  );
}

const supersededSql = supersededWaitsSql(`position('"type":"wait_for"' in waits.document) > 0`);

export const supersededWaits: Call<"supersededWaits"> = async ({ sql }, { limit }) =>
  (await sql.all(`${supersededSql} limit $1`, limit)).map(supersededVersion);
