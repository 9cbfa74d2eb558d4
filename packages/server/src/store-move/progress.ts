import type { StoreMoveProgress } from "@tidings/contract/store-move";
import type { TableProgress } from "../store/postgres/move-progress.ts";

type Phase = StoreMoveProgress["phase"];

/** Lines closer together than this are left out. */
const everyMs = 200;
/** A speed is none before so much was measured: the first tables are small. */
const measuredMinMs = 2000;

/**
 * Tells how far a move is. Speed is that of this process, per phase; comparing counts as fast as copying until some of it is
 * done, which makes the first guess too long rather than too short.
 */
export class MoveProgress {
  readonly #tables: ReadonlyMap<string, TableProgress>;
  readonly #tell: (line: StoreMoveProgress) => void;
  readonly #now: () => number;
  readonly #speeds: Record<Phase, { rows: number; ms: number }> = {
    copy: { rows: 0, ms: 0 },
    verify: { rows: 0, ms: 0 },
  };
  #steppedAt: number;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    tables: ReadonlyMap<string, TableProgress>,
    tell: (line: StoreMoveProgress) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#tables = tables;
    this.#tell = tell;
    this.#now = now;
    this.#steppedAt = now();
  }

  /** After a batch of so many rows of a table. */
  step(phase: Phase, table: TableProgress, rows: number): void {
    const now = this.#now();
    const speed = this.#speeds[phase];
    speed.rows += rows;
    speed.ms += now - this.#steppedAt;
    this.#steppedAt = now;
    if (now - this.#toldAt < everyMs) return;
    this.#toldAt = now;
    const { copied, verified, total } = this.sums();
    this.#tell({
      kind: "progress",
      phase,
      table: table.name,
      tableRows: phase === "copy" ? table.copied : table.verified,
      tableTotal: Math.max(table.total, table.copied),
      rows: phase === "copy" ? copied : verified,
      total,
      rowsPerSecond: Math.round(perMs(speed) * 1000),
      secondsLeft: this.#secondsLeft(total - copied, total - verified),
    });
  }

  /** Over all tables; the source may have had more rows than when it was counted. */
  sums(): { copied: number; verified: number; total: number } {
    const sums = { copied: 0, verified: 0, total: 0 };
    for (const { copied, verified, total } of this.#tables.values()) {
      sums.copied += copied;
      sums.verified += verified;
      sums.total += Math.max(total, copied);
    }
    return sums;
  }

  #secondsLeft(toCopy: number, toVerify: number): number | null {
    const copying = perMs(this.#speeds.copy);
    const verifying = perMs(this.#speeds.verify) || copying;
    if (this.#speeds.copy.ms + this.#speeds.verify.ms < measuredMinMs) return null;
    const ms = (toCopy === 0 ? 0 : toCopy / copying) + toVerify / verifying;
    return Number.isFinite(ms) ? Math.round(ms / 1000) : null;
  }
}

function perMs({ rows, ms }: { rows: number; ms: number }): number {
  return ms === 0 ? 0 : rows / ms;
}
