import { type KeyedItem, KeyedLines } from "./keyed-lines.ts";

/** As the process's clock has it. */
interface WorkClock {
  after(delayMs: number, run: () => void): { cancel(): void };
}

interface KeyedLimits {
  /** Items under way at once, and how many of those with one `bound`. */
  openMax: number;
  openPerBoundMax: number;
  /** Items of one key in memory, waiting and under way. */
  heldPerKeyMax: number;
  /** How often the store is asked for what has come due. */
  pollMs: number;
}

export interface KeyedWorkersOptions<Item extends KeyedItem> {
  clock: WorkClock;
  limits: KeyedLimits;
  /** What is due, most urgent first, at most `heldPerKeyMax` of each key; may name what is held already. */
  find: () => Promise<readonly Item[]>;
  /** Settles the item in the store. Where it throws, the item comes again after the next poll. */
  work: (item: Item) => Promise<void>;
  onFault: (id: string, error: unknown) => void;
}

/**
 * Works off what the store calls due, with bounds as a whole, per destination and per line, so that one destination's trouble
 * is its own.
 *
 *   due in the store ── look ──▶ waiting ── a place is free ──▶ under way ── settled ──▶ forgotten
 *
 * Invariants: an id is held once; at most `openMax` are under way and at most `openPerBoundMax` of one bound; lines take
 * turns; of a line that does not move at most `heldPerKeyMax` are in memory, and the rest stay in the store, where they
 * cost nothing. What a crash interrupts is still due.
 *
 * Rejected: putting off what finds no room, as deliver does. There one queue feeds many buffers; here the store is asked
 * per line, so that a host that does not answer has no rows written for it again and again.
 */
export class KeyedWorkers<Item extends KeyedItem> {
  readonly #options: KeyedWorkersOptions<Item>;
  readonly #lines: KeyedLines<Item>;
  readonly #openPerBound = new Map<string, number>();
  readonly #underWay = new Set<string>();
  /** Those whose work threw; held until the next poll, or they would come again at once, without end. */
  #failed: Item[] = [];
  #looking = false;
  #lookAgain = false;
  #poll: { cancel(): void } | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: KeyedWorkersOptions<Item>) {
    this.#options = options;
    this.#lines = new KeyedLines(options.limits.heldPerKeyMax);
  }

  /** Ids that are being worked on. */
  get underWay(): readonly string[] {
    return [...this.#underWay];
  }

  start(): void {
    this.#armPoll();
    this.wake();
  }

  /** Looks into the store now instead of at the next poll. */
  wake(): void {
    if (this.#looking) this.#lookAgain = true;
    else if (!this.#stopped) void this.#look();
  }

  /** Takes no more; resolves when what is under way has ended. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#poll?.cancel();
    this.#lines.clear();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#endIfIdle();
    });
  }

  #armPoll(): void {
    this.#poll = this.#options.clock.after(this.#options.limits.pollMs, () => {
      if (this.#stopped) return;
      this.#armPoll();
      for (const item of this.#failed.splice(0)) this.#lines.forget(item);
      this.wake();
    });
  }

  async #look(): Promise<void> {
    this.#looking = true;
    do {
      this.#lookAgain = false;
      try {
        const due = await this.#options.find();
        if (!this.#stopped) this.#lines.add(due);
      } catch (error) {
        this.#options.onFault("", error);
      }
      this.#pump();
    } while (this.#lookAgain && !this.#stopped);
    this.#looking = false;
  }

  #pump(): void {
    const { openMax, openPerBoundMax } = this.#options.limits;
    while (!this.#stopped && this.#underWay.size < openMax) {
      const item = this.#lines.next((bound) => (this.#openPerBound.get(bound) ?? 0) < openPerBoundMax);
      if (item === undefined) return;
      this.#underWay.add(item.id);
      this.#openPerBound.set(item.bound, (this.#openPerBound.get(item.bound) ?? 0) + 1);
      void this.#run(item);
    }
  }

  async #run(item: Item): Promise<void> {
    try {
      await this.#options.work(item);
      if (this.#lines.forget(item)) this.wake();
    } catch (error) {
      this.#failed.push(item);
      this.#options.onFault(item.id, error);
    }
    this.#underWay.delete(item.id);
    const left = (this.#openPerBound.get(item.bound) ?? 1) - 1;
    if (left === 0) this.#openPerBound.delete(item.bound);
    else this.#openPerBound.set(item.bound, left);
    this.#endIfIdle();
    this.#pump();
  }

  #endIfIdle(): void {
    if (!this.#stopped || this.#underWay.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
