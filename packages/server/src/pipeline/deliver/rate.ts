import type { Clock } from "../../ports/clock.ts";
import type { Limiter, Permits } from "../../ports/limiter.ts";

/** A call that follows its permit by more is counted anew: a vendor counts calls, and not what was intended. */
const lateMs = 20;
/** Times that permits are moved, where each time is late again. */
const movesMax = 3;

/** Permits in hand, and when they came, on this process's monotonic clock. */
export interface Permit extends Permits {
  since: number;
}

/** The rate of one integration. */
export class Rate {
  readonly #on: { limiter: Limiter; clock: Clock };
  readonly #key: string;
  readonly #perSecond: number;

  constructor(on: { limiter: Limiter; clock: Clock }, key: string, perSecond: number) {
    this.#on = on;
    this.#key = key;
    this.#perSecond = perSecond;
  }

  async take(count: number, unused?: Permit): Promise<Permit> {
    const back = unused === undefined ? undefined : { count: unused.taken, at: unused.at };
    const permits = await this.#on.limiter.take(this.#key, this.#perSecond, count, back);
    return { ...permits, since: this.#on.clock.monotonic() };
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#on.clock.after(Math.max(1, ms), resolve));
  }

  /** Resolves when `count` calls may be made now: permits that have grown old are moved to this moment. */
  async untilNow(count: number, permit: Permit): Promise<void> {
    try {
      await this.#move(count, permit);
    } catch {
      // The messages are STARTED, and have permits, if old ones: a limiter that cannot be asked holds them up no longer.
    }
  }

  async #move(count: number, permit: Permit): Promise<void> {
    let held = permit;
    for (let moves = 0; moves < movesMax && this.#on.clock.monotonic() - held.since > lateMs; moves += 1) {
      held = await this.take(count, held);
      // The old ones had left the window, and others were quicker.
      for (let missing = count - held.taken; missing > 0; ) {
        await this.wait(held.retryAfterMs);
        held = await this.take(missing);
        missing -= held.taken;
      }
    }
  }
}
