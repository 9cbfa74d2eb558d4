import type { RunTurn } from "../../../ports/store/orchestrate.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { windowSealed } from "../../sql/digest-fold.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** What runs gather, by their ids. A window is read before its entries: what comes between raises its version. */
export async function readWindows(
  sql: Session,
  runs: readonly SqlRow[],
): Promise<ReadonlyMap<string, { window: SqlRow; entries: SqlRow[] }>> {
  const gathering = runs.filter((row) => row["gathers"] === 1);
  if (gathering.length === 0) return new Map();
  const keys = JSON.stringify(gathering.map(({ environment_id, id }) => ({ environment_id, id })));
  const windows = await sql.all(windowsSql, keys);
  const found = new Map(windows.map((window) => [text(window, "id"), { window, entries: [] as SqlRow[] }]));
  if (found.size === 0) return found;
  for (const entry of await sql.all(entriesSql, keys)) found.get(text(entry, "window_id"))?.entries.push(entry);
  return found;
}

const of = "from json_to_recordset($1) as r (environment_id int, id uuid)";
const windowsSql = `select digest_window.id, digest_window.version ${of}
  join digest_window on digest_window.environment_id = r.environment_id and digest_window.id = r.id and ${few}`;
const entriesSql = `select digest_entry.* ${of}
  join digest_entry on digest_entry.environment_id = r.environment_id and digest_entry.window_id = r.id and ${few}
  order by digest_entry.at, digest_entry.event_id, digest_entry.run_id`;

const lockedSql = `${windowsSql} order by digest_window.key_hash, digest_window.id for update of digest_window`;

/** Locks the windows that turns end, and gives the turns without those whose window is not as they read it. */
export async function withWindowsAsRead(sql: Session, turns: readonly RunTurn[]): Promise<readonly RunTurn[]> {
  const ending = turns.filter(({ window }) => window !== null);
  if (ending.length === 0) return turns;
  const rows = await sql.all(lockedSql, JSON.stringify(ending.map(keyOf)));
  const versions = new Map(rows.map((row) => [text(row, "id"), integer(row, "version")]));
  return turns.filter(
    ({ runId, window }) => window === null || window.kind === "seal" || versions.get(runId) === window.version,
  );
}

const goneEntriesSql = `delete from digest_entry using json_to_recordset($1) as r (environment_id int, id uuid)
  where digest_entry.environment_id = r.environment_id and digest_entry.window_id = r.id and ${few}`;
const goneSql = `delete from digest_window using json_to_recordset($1) as r (environment_id int, id uuid)
  where digest_window.environment_id = r.environment_id and digest_window.id = r.id and ${few}`;
const sealedSql = `update digest_window set state = ${windowSealed} ${of}
  where digest_window.environment_id = r.environment_id and digest_window.id = r.id and ${few}`;
const eventSql = `update run set event_id = r.event_id from json_to_recordset($1) as r (environment_id int, id uuid, event_id uuid)
  where run.environment_id = r.environment_id and run.id = r.id and ${few}`;

export async function endWindows(sql: Session, turns: readonly RunTurn[]): Promise<void> {
  const closed = turns.flatMap((turn) =>
    turn.window?.kind === "close" ? [{ ...keyOf(turn), event_id: turn.window.eventId }] : [],
  );
  const sealed = turns.filter(({ window }) => window?.kind === "seal").map(keyOf);
  if (closed.length > 0) {
    const rows = JSON.stringify(closed);
    await Promise.all([sql.run(goneEntriesSql, rows), sql.run(goneSql, rows), sql.run(eventSql, rows)]);
  }
  if (sealed.length > 0) await sql.run(sealedSql, JSON.stringify(sealed));
}

const keyOf = ({ environmentId, runId }: RunTurn) => ({ environment_id: environmentId, id: runId });

const joinedSql = `select id from digest_window
  where (environment_id, id) in (select environment_id, window_id from digest_entry where event_id = any($1::uuid[]))
  order by key_hash, id for update`;
const leftSql = `with gone as (
    delete from digest_entry where event_id = any($1::uuid[]) returning environment_id, window_id, bytes
  ), sums as (
    select environment_id, window_id, count(*)::int as entries, sum(bytes)::int as bytes from gone group by environment_id, window_id
  )
  update digest_window set version = digest_window.version + 1, entries = digest_window.entries - sums.entries,
    bytes = digest_window.bytes - sums.bytes
  from sums where digest_window.environment_id = sums.environment_id and digest_window.id = sums.window_id
  returning sums.entries as entries`;

/** What has joined windows leaves them with its events. Gives how many did. */
export async function leaveDigests(sql: Session, eventIds: string[]): Promise<number> {
  const [, left] = await Promise.all([sql.all(joinedSql, eventIds), sql.all(leftSql, eventIds)]);
  return left.reduce((sum, row) => sum + integer(row, "entries"), 0);
}
