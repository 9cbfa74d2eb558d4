import type { Config } from "../config.ts";
import { firstIdOf } from "../lib/ids.ts";
import { placeOfDatabase } from "../store/postgres/connection-settings.ts";
import type { MoveDestination } from "../store/postgres/move-destination.ts";
import type { TableProgress } from "../store/postgres/move-progress.ts";
import { MoveRefused } from "../store/sql/move-refused.ts";
import { movedTables } from "../store/sql/moved-tables.ts";
import type { MoveSource } from "../store/sqlite/move-source.ts";
import { copyTable } from "./copy.ts";
import type { MoveParts, Tell } from "./ports.ts";
import { MoveProgress } from "./progress.ts";
import { verifyTable } from "./verify.ts";

export interface Move {
  source: MoveSource;
  destination: MoveDestination;
  config: Config;
  /** Where the source lies, and where the destination is reached. */
  place: string;
  url: string;
  masterKey: string;
  isStopped: () => boolean;
  tell: Tell;
}

const dayMs = 86_400_000;

/*
 * A move goes from nothing to begun, copied, verified and complete; each step is in the destination before the next begins,
 * so that a process which is killed at any moment is gone on with by the next. Nobody else can work on the destination
 * until it is complete. The source is held and only read.
 */

/** Says what would be moved, and what is in the way. Writes nothing. */
export async function planMove({ source, destination, config, place, url, tell }: Move): Promise<void> {
  const stored = await destination.stored();
  if (stored === undefined) await refuseOccupied(destination, config);
  else refuseAnother(source, stored);
  const tables = movedTables.map((table) => ({ name: table.name, rows: source.count(table) }));
  tell({
    kind: "planned",
    source: place,
    destination: placeOfDatabase(url),
    tables,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    parts: partStarts(source, config).length,
  });
}

/** False where it was stopped before its end. */
export async function runMove(move: Move): Promise<boolean> {
  const { source, destination, config, place, url, tell } = move;
  const startedAt = performance.now();
  const before = await destination.stored();
  if (before === undefined) await refuseOccupied(destination, config);
  else refuseAnother(source, before);
  await destination.migrate(Date.now());
  const isComplete = before !== undefined && before.completedAt !== null;
  if (before === undefined) await begin(move);
  else if (!isComplete && before.sourceState !== source.state) {
    await destination.goOn(source.state);
    tell({ kind: "note", message: "the source's files changed since the last start: all is compared again" });
  }
  const tables = new Map((await destination.progress()).map((table) => [table.name, table]));
  const progress = new MoveProgress(tables, tell);
  const { copied, verified, total } = progress.sums();
  const places = { source: place, destination: placeOfDatabase(url) };
  tell({ kind: "started", ...places, pid: process.pid, resumed: before !== undefined, rows: total, copied, verified });
  if (!isComplete && !(await run(move, tables, progress))) return false;
  tell({
    kind: "done",
    ...places,
    tables: movedTables.map(({ name }) => {
      const { verified: rows, digest } = progressOf(tables, name);
      return { name, rows, digest };
    }),
    rows: progress.sums().verified,
    durationMs: Math.round(performance.now() - startedAt),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    masterKey: move.masterKey,
  });
  return true;
}

async function begin({ source, destination, config, place }: Move): Promise<void> {
  const totals = new Map(movedTables.map((table) => [table.name, source.count(table)]));
  const { identity, state } = source;
  await destination.begin({ source: identity, place, sourceState: state }, totals, config.database.leaseMs);
}

async function run(
  { source, destination, config, isStopped, tell }: Move,
  tables: ReadonlyMap<string, TableProgress>,
  progress: MoveProgress,
): Promise<boolean> {
  const bounds = { rowsMax: config.move.batchRowsMax, bytesMax: config.move.batchBytesMax };
  const parts: MoveParts = { source, destination, bounds, progress, isStopped };
  await destination.refuseOthers(movedTables.filter(({ name }) => isUntouched(progressOf(tables, name))));
  await destination.makeParts(partStarts(source, config), config.database.partitionDays * dayMs);
  const phases = [
    ["copy", copyTable],
    ["verify", verifyTable],
  ] as const;
  for (const [phase, each] of phases) {
    for (const table of movedTables) {
      await each(parts, table, progressOf(tables, table.name));
      if (!isStopped()) continue;
      const { copied, verified, total } = progress.sums();
      tell({ kind: "stopped", phase, rows: phase === "copy" ? copied : verified, total });
      return false;
    }
  }
  await destination.complete();
  return true;
}

const isUntouched = ({ copied, isCopied }: TableProgress): boolean => copied === 0 && !isCopied;

function progressOf(tables: ReadonlyMap<string, TableProgress>, name: string): TableProgress {
  const found = tables.get(name);
  if (found === undefined) throw new Error(`the move knows no table ${name}: another version began it`);
  return found;
}

function partStarts(source: MoveSource, { database, move }: Config): number[] {
  return source.partStarts(database.partitionDays * dayMs, firstIdOf, move.partsMax);
}

async function refuseOccupied(destination: MoveDestination, { database }: Config): Promise<void> {
  await destination.refuseWorkers(database.leaseMs);
  await destination.refuseOthers(movedTables);
}

function refuseAnother(source: MoveSource, stored: { source: string; place: string }): void {
  if (stored.source === source.identity) return;
  throw new MoveRefused(`the destination holds what was moved from another store, ${stored.place}`, {
    hint: "Move into a database of its own",
  });
}
