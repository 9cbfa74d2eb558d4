import type { WindowEnd } from "../../../ports/store/digests.ts";
import type { DigestJoin, NewRun, RunTurn } from "../../../ports/store/orchestrate.ts";
import { type SqlRow, text } from "../../sql/columns.ts";
import {
  type Folded,
  type FoldedWindow,
  foldJoins,
  joinedDecision,
  windowOpen,
  windowSealed,
  windowState,
} from "../../sql/digest-fold.ts";
import type { Database } from "../database.ts";
import { insertDecision } from "./insert-decision.ts";

/** `insertRun` writes the runs that gather what is opened. */
export function joinDigest(database: Database, join: DigestJoin, insertRun: (run: NewRun) => void): void {
  const row = database.get(
    `select * from digest_window where environment_id = ? and key_hash = ? and state = ${windowOpen}`,
    join.environmentId,
    join.keyHash,
  );
  const folded: Folded = { windows: [], entries: [] };
  foldJoins(row === undefined ? undefined : windowState(row), [join], folded);
  for (const window of folded.windows) {
    writeWindow(database, window);
    const { state, gatherer, isMoved } = window;
    if (gatherer !== null) insertRun({ ...gatherer, dueAt: state.dueAt });
    else if (isMoved)
      database.run("update run set due_at = ? where id = ? and due_at is not null", state.dueAt, state.id);
  }
  for (const { windowId } of folded.entries) {
    insertEntry(database, windowId, join);
    insertDecision(database, joinedDecision(join, windowId));
  }
}

/** Windows that were there come first, so that one that is sealed makes room for the next of its key. */
function writeWindow(database: Database, { state, gatherer }: FoldedWindow): void {
  const { id, environmentId, keyHash, openedAt, dueAt, entries, bytes, version } = state;
  const code = state.isOpen ? windowOpen : windowSealed;
  if (gatherer === null)
    database.run(
      "update digest_window set state = ?, due_at = ?, entries = ?, bytes = ?, version = ? where id = ?",
      code,
      dueAt,
      entries,
      bytes,
      version,
      id,
    );
  else
    database.run(
      `insert into digest_window (id, environment_id, key_hash, state, opened_at, due_at, entries, bytes, version)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      environmentId,
      keyHash,
      code,
      openedAt,
      dueAt,
      entries,
      bytes,
      version,
    );
}

function insertEntry(database: Database, windowId: string, join: DigestJoin): void {
  database.run(
    `insert into digest_entry (window_id, run_id, environment_id, event_id, at, expires_at, bytes, content)
     values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    windowId,
    join.runId,
    join.environmentId,
    join.eventId,
    join.at,
    join.expiresAt,
    join.bytes,
    join.content,
  );
}

/** What a run gathers, as its row and those of its entries; undefined where nothing, or not any more. */
export function readWindow(database: Database, id: string): { window: SqlRow; entries: SqlRow[] } | undefined {
  const window = database.get("select version from digest_window where id = ?", id);
  if (window === undefined) return undefined;
  const entries = database.all("select * from digest_entry where window_id = ? order by at, event_id, run_id", id);
  return { window, entries };
}

/** Whether the window is as the turn read it. */
export function isAsRead(database: Database, runId: string, end: WindowEnd): boolean {
  if (end.kind === "seal") return true;
  const sql = "select 1 from digest_window where id = ? and version = ?";
  return database.get(sql, runId, end.version) !== undefined;
}

export function endWindow(database: Database, { runId }: RunTurn, end: WindowEnd): void {
  if (end.kind === "seal") {
    database.run(`update digest_window set state = ${windowSealed} where id = ?`, runId);
    return;
  }
  database.run("delete from digest_entry where window_id = ?", runId);
  database.run("delete from digest_window where id = ?", runId);
  database.run("update run set event_id = ? where id = ?", end.eventId, runId);
}

/** What has joined windows leaves them with its event. Gives how many did. */
export function leaveDigests(database: Database, eventId: string): number {
  const left = database.all("delete from digest_entry where event_id = ? returning window_id, bytes", eventId);
  for (const row of left)
    database.run(
      "update digest_window set version = version + 1, entries = entries - 1, bytes = bytes - ? where id = ?",
      Number(row["bytes"]),
      text(row, "window_id"),
    );
  return left.length;
}
