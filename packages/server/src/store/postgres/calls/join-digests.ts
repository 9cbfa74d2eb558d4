import type { DigestJoin } from "../../../ports/store/orchestrate.ts";
import {
  type Folded,
  type FoldedWindow,
  foldJoins,
  joinedDecision,
  type WindowState,
  windowOpen,
  windowSealed,
  windowState,
} from "../../sql/digest-fold.ts";
import type { CallContext } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { insertDecisions } from "./insert-decisions.ts";
import { insertRuns } from "./insert-runs.ts";

/**
 * Joins of many turns, in their order. Each key's open window is locked first, in the order of their keys, so that two
 * calls never wait for each other; one that is not there is made and empty, so that another call's cannot come between.
 */
export async function joinDigests(context: CallContext, joins: readonly DigestJoin[]): Promise<void> {
  if (joins.length === 0) return;
  const { sql } = context;
  const byKey = new Map<string, DigestJoin[]>();
  for (const join of joins) {
    const own = byKey.get(keyOf(join));
    if (own === undefined) byKey.set(keyOf(join), [join]);
    else own.push(join);
  }
  const locked = await lock(sql, byKey);
  const folded: Folded = { windows: [], entries: [] };
  const made = new Set<string>();
  for (const [key, own] of byKey) {
    const window = locked.get(key);
    const isMade = window?.id === own[0]?.gatherer.id;
    if (isMade && window !== undefined) made.add(window.id);
    foldJoins(isMade ? undefined : window, own, folded);
  }
  await writeWindows(sql, folded.windows, made);
  await Promise.all([
    insertRuns(
      context,
      folded.windows.flatMap(({ gatherer, state }) => (gatherer === null ? [] : [{ ...gatherer, dueAt: state.dueAt }])),
    ),
    moveRuns(sql, folded.windows),
    insertEntries(sql, folded.entries),
    insertDecisions(
      sql,
      folded.entries.map(({ windowId, join }) => joinedDecision(join, windowId)),
    ),
  ]);
}

const lockedSql = `insert into digest_window (environment_id, id, state, entries, bytes, version, opened_at, due_at, key_hash)
  select environment_id, id, ${windowOpen}, 0, 0, 0, opened_at, due_at, key_hash
  from json_to_recordset($1) as r (environment_id int, id uuid, opened_at bigint, due_at bigint, key_hash text)
  on conflict (environment_id, key_hash) where state = ${windowOpen} do update set version = digest_window.version
  returning *`;

async function lock(
  sql: Session,
  byKey: ReadonlyMap<string, readonly DigestJoin[]>,
): Promise<ReadonlyMap<string, WindowState>> {
  const rows = [...byKey.keys()].sort().flatMap((key) => {
    const [first] = byKey.get(key) ?? [];
    if (first === undefined) return [];
    const { environmentId, gatherer, now, closesAt, keyHash } = first;
    return [{ environment_id: environmentId, id: gatherer.id, opened_at: now, due_at: closesAt, key_hash: keyHash }];
  });
  const found = (await sql.all(lockedSql, JSON.stringify(rows))).map(windowState);
  return new Map(found.map((window) => [keyOf(window), window]));
}

const changedSql = `update digest_window set state = r.state, entries = r.entries, bytes = r.bytes, version = r.version, due_at = r.due_at
  from json_to_recordset($1) as r (environment_id int, id uuid, state smallint, entries int, bytes int, version int, due_at bigint)
  where digest_window.environment_id = r.environment_id and digest_window.id = r.id and ${few}`;

const insertedSql = `insert into digest_window (environment_id, id, state, entries, bytes, version, opened_at, due_at, key_hash)
  select environment_id, id, state, entries, bytes, version, opened_at, due_at, key_hash
  from json_to_recordset($1) as r (environment_id int, id uuid, state smallint, entries int, bytes int, version int,
    opened_at bigint, due_at bigint, key_hash text)`;

/** Those that are there come first, so that one that is sealed makes room for the next of its key. */
async function writeWindows(sql: Session, windows: readonly FoldedWindow[], made: ReadonlySet<string>): Promise<void> {
  const isThere = ({ gatherer, state }: FoldedWindow) => gatherer === null || made.has(state.id);
  const [there, further] = [windows.filter(isThere), windows.filter((window) => !isThere(window))];
  if (there.length > 0) await sql.run(changedSql, JSON.stringify(there.map(({ state }) => windowRow(state))));
  if (further.length > 0) await sql.run(insertedSql, JSON.stringify(further.map(({ state }) => windowRow(state))));
}

function windowRow({ environmentId, id, isOpen, entries, bytes, version, openedAt, dueAt, keyHash }: WindowState) {
  return {
    environment_id: environmentId,
    id,
    state: isOpen ? windowOpen : windowSealed,
    entries,
    bytes,
    version,
    opened_at: openedAt,
    due_at: dueAt,
    key_hash: keyHash,
  };
}

/** Nobody holds a run whose time has moved: it is found again. */
const movedSql = `update run set due_at = r.due_at, holder = 0
  from json_to_recordset($1) as r (environment_id int, id uuid, due_at bigint)
  where run.environment_id = r.environment_id and run.id = r.id and run.due_at is not null and ${few}`;

async function moveRuns(sql: Session, windows: readonly FoldedWindow[]): Promise<void> {
  const moved = windows.filter(({ gatherer, isMoved }) => gatherer === null && isMoved);
  if (moved.length > 0) await sql.run(movedSql, JSON.stringify(moved.map(({ state }) => windowRow(state))));
}

const entriesSql = `insert into digest_entry (environment_id, window_id, run_id, event_id, bytes, at, expires_at, content)
  select environment_id, window_id, run_id, event_id, bytes, at, expires_at, content
  from json_to_recordset($1) as r (environment_id int, window_id uuid, run_id uuid, event_id uuid, bytes int, at bigint,
    expires_at bigint, content text)
  on conflict do nothing`;

async function insertEntries(sql: Session, entries: Folded["entries"]): Promise<void> {
  const rows = entries.map(({ windowId, join }) => ({
    environment_id: join.environmentId,
    window_id: windowId,
    run_id: join.runId,
    event_id: join.eventId,
    bytes: join.bytes,
    at: join.at,
    expires_at: join.expiresAt,
    content: join.content,
  }));
  await sql.run(entriesSql, JSON.stringify(rows));
}

const keyOf = ({ environmentId, keyHash }: { environmentId: number; keyHash: string }): string =>
  `${environmentId}:${keyHash}`;
