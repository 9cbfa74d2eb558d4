import type { StoreMoveLine, StoreMoveProgress } from "@tidings/contract/store-move";
import { tableLines } from "../table.ts";

const barColumns = 24;
const phases: Record<StoreMoveProgress["phase"], string> = { copy: "copying", verify: "comparing" };

/** `1234567` as `1,234,567`. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** Time as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** How far it is, on one line; with a bar where it may move. */
export function progressLine(progress: StoreMoveProgress, withBar: boolean): string {
  const { phase, table, rows, total, rowsPerSecond, secondsLeft } = progress;
  const share = total === 0 ? 1 : Math.min(1, rows / total);
  const filled = Math.round(share * barColumns);
  const bar = withBar ? `${"█".repeat(filled)}${"░".repeat(barColumns - filled)} ` : "";
  const left = secondsLeft === null ? "" : `, ${duration(secondsLeft)} left`;
  const percent = `${Math.floor(share * 100)} %`;
  return `${phases[phase]} ${bar}${percent}  ${table}  ${grouped(rows)} of ${grouped(total)} rows, ${grouped(rowsPerSecond)}/s${left}`;
}

export function plannedLines(plan: Extract<StoreMoveLine, { kind: "planned" }>): string[] {
  const rows = plan.tables.filter((table) => table.rows > 0).map((table) => [table.name, grouped(table.rows)]);
  return [
    `From ${plan.source} to ${plan.destination}: ${grouped(plan.rows)} rows, in ${plan.parts} parts by time`,
    "",
    ...tableLines(["TABLE", "ROWS"], rows),
    "",
    "Nothing was written.",
  ];
}

export function doneLines(done: Extract<StoreMoveLine, { kind: "done" }>): string[] {
  const rows = done.tables
    .filter((table) => table.rows > 0)
    .map((table) => [table.name, grouped(table.rows), table.digest.slice(0, 16)]);
  return [
    ...tableLines(["TABLE", "ROWS", "DIGEST"], rows),
    "",
    `${grouped(done.rows)} rows are in ${done.destination}, the same there as in ${done.source}.`,
    `The master key opens them: start every server with it (${done.masterKey}), as TIDINGS_MASTER_KEY or master.key.`,
    "The source is as it was. Start no server on it any more: it would send what is open a second time.",
  ];
}
