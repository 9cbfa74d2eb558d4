/** Syncs a file in its own time. */
type SyncFile = (done: (error: Error | null) => void) => void;

interface LogSyncHooks<T> {
  /** They are durable; in order. */
  onDurable(turns: readonly T[]): void;
  /** The disk did not take what was written, and another sync would not say so: nothing is told as durable any more. */
  onFault(error: Error): void;
}

/** What a turn that is committed needs to be durable: it wrote nothing, it wrote, or the log was synced behind it. */
export type TurnSync = "nothing" | "sync" | "synced";

/**
 * Makes turns durable beside those that follow: turns that are committed while a sync is under way share the next one.
 *
 *   committed ── sync begun ──▶ covered ── sync done ──▶ durable
 *
 * Invariants: a turn is durable when a sync that began after its commit has come back; turns are told in their order; one
 * that wrote nothing waits for those before it, whose rows it may have read.
 */
export class LogSync<T> {
  readonly #sync: SyncFile;
  readonly #hooks: LogSyncHooks<T>;
  #isUnderWay = false;
  #hasFailed = false;
  #covered: T[] = [];
  #next: T[] = [];

  constructor(sync: SyncFile, hooks: LogSyncHooks<T>) {
    this.#sync = sync;
    this.#hooks = hooks;
  }

  /** No sync is under way, and no turn waits for one. */
  get isIdle(): boolean {
    return !this.#isUnderWay && this.#next.length === 0;
  }

  /** The turn is committed. */
  add(turn: T, needs: TurnSync): void {
    if (this.#hasFailed) return;
    if (needs === "synced") {
      const durable = [...this.#covered.splice(0), ...this.#next.splice(0), turn];
      this.#hooks.onDurable(durable);
    } else if (needs === "sync" || this.#next.length > 0) {
      this.#next.push(turn);
      if (!this.#isUnderWay) this.#begin();
    } else if (this.#covered.length > 0) this.#covered.push(turn);
    else this.#hooks.onDurable([turn]);
  }

  #begin(): void {
    this.#isUnderWay = true;
    this.#covered = this.#next;
    this.#next = [];
    this.#sync((error) => {
      this.#isUnderWay = false;
      if (error !== null) {
        this.#hasFailed = true;
        this.#hooks.onFault(error);
        return;
      }
      const durable = this.#covered;
      this.#covered = [];
      if (this.#next.length > 0) this.#begin();
      this.#hooks.onDurable(durable);
    });
  }
}
