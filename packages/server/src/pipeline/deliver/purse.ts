import { type AllowanceAsk, dayOf } from "../../domain/allowance.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AllowanceStore } from "../../ports/store/allowances.ts";

/** Of what is left each process sets a quarter of its share aside at most. */
const askedParts = 4;

export interface PurseParts {
  store: Pick<AllowanceStore, "takeAllowance" | "returnAllowance">;
  clock: Clock;
  /** How long it is taken for granted that nothing is left: others may give some back. */
  usedUpMs: number;
}

/**
 * What this process has set aside of one allowance, so that a message costs a subtraction and no store call.
 *
 *   empty ── filled from the store ──▶ has some ── taken, message by message ──▶ empty
 *   has some ── idle, or a stop ──▶ given back;    a new day ──▶ void
 *
 * Invariants: what is here counts as used in the store, so a crash loses some and exceeds nothing; one ask is under way at most;
 * what is here was taken under `max` and under none above it.
 */
export class Purse {
  readonly environmentId: number;
  readonly key: string;
  readonly #on: PurseParts;
  #day = 0;
  #left = 0;
  #max = 0;
  /** Under this bound the store had no more, and until when that is believed. */
  #end: { max: number; until: number } | undefined;
  #asking: Promise<void> | undefined;
  #touched = false;
  #toldDay = -1;

  constructor(on: PurseParts, environmentId: number, key: string) {
    this.#on = on;
    this.environmentId = environmentId;
    this.key = key;
  }

  /** True where it was there, taken under a bound no higher than `max`. */
  take(count: number, max: number): boolean {
    this.#turnDay();
    if (this.#left < count || this.#max > max) return false;
    this.#touched = true;
    this.#left -= count;
    return true;
  }

  /** What was taken on `day` is not used. */
  putBack(count: number, day: number): void {
    this.#turnDay();
    if (day === this.#day) this.#left += count;
  }

  /** Whether neither this process nor the store has `count` more, as far as is known. */
  isUsedUp(count: number, max: number): boolean {
    this.#turnDay();
    if (this.#end === undefined || this.#left >= count) return false;
    return max <= this.#end.max && this.#on.clock.monotonic() < this.#end.until;
  }

  /** Asks the store, or waits for the answer that is under way. True where it had less than was needed, for the first time of a day. */
  async fill(ask: Omit<AllowanceAsk, "parts">): Promise<boolean> {
    if (this.#asking !== undefined) {
      await this.#asking;
      return false;
    }
    let isEnd = false;
    const asking = this.#ask(ask).then((end) => {
      isEnd = end;
    });
    this.#asking = asking;
    try {
      await asking;
    } finally {
      this.#asking = undefined;
    }
    return isEnd;
  }

  /** Gives back what is here; nothing where it was touched since the last time and `ifIdle`. */
  async giveBack(ifIdle = false): Promise<void> {
    await this.#asking?.catch(() => undefined);
    this.#turnDay();
    const wasTouched = this.#touched;
    this.#touched = false;
    const count = this.#left;
    if (count === 0 || (ifIdle && wasTouched)) return;
    this.#left = 0;
    this.#max = 0;
    const { environmentId, key } = this;
    await this.#on.store.returnAllowance({ environmentId, key, day: this.#day, count });
  }

  get isEmpty(): boolean {
    this.#turnDay();
    return this.#left === 0 && this.#asking === undefined;
  }

  /** Whether it holds and knows nothing of today. */
  get isVoid(): boolean {
    return this.isEmpty && this.#end === undefined;
  }

  async #ask(ask: Omit<AllowanceAsk, "parts">): Promise<boolean> {
    this.#turnDay();
    if (this.#max > ask.max && this.#left > 0) await this.#lower();
    const { environmentId, key } = this;
    const day = this.#day;
    const count = await this.#on.store.takeAllowance({ environmentId, key, day, ...ask, parts: askedParts });
    this.#turnDay();
    // Asked for before midnight and answered behind it: of no use any more.
    if (day !== this.#day) return false;
    this.#left += count;
    this.#max = ask.max;
    if (count >= ask.least) return false;
    this.#end = { max: ask.max, until: this.#on.clock.monotonic() + this.#on.usedUpMs };
    const isFirst = this.#toldDay !== day;
    this.#toldDay = day;
    return isFirst;
  }

  /** The bound is lower than it was: what was taken under the old one is asked for anew. */
  async #lower(): Promise<void> {
    const count = this.#left;
    this.#left = 0;
    const { environmentId, key } = this;
    await this.#on.store.returnAllowance({ environmentId, key, day: this.#day, count });
  }

  #turnDay(): void {
    const day = dayOf(this.#on.clock.now());
    if (day === this.#day) return;
    this.#day = day;
    this.#left = 0;
    this.#max = 0;
    this.#end = undefined;
  }
}
