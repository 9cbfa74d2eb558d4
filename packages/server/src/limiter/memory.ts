import type { Clock } from "../ports/clock.ts";
import type { Limiter, Permits, Unused } from "../ports/limiter.ts";
import { checkRate, takeFrom, type Window } from "./window.ts";

/** Rate limits in this process's memory. `keysMax` windows are kept; the one not asked for longest is forgotten. */
export class MemoryLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, limits: { keysMax: number }) {
    this.#clock = clock;
    this.#keysMax = limits.keysMax;
  }

  async take(key: string, perSecond: number, count: number, unused?: Unused): Promise<Permits> {
    checkRate(perSecond);
    const now = this.#clock.monotonic();
    const { window, ...permits } = takeFrom(this.#windows.get(key), perSecond, count, now, unused);
    // The map's order is the order of use.
    this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > this.#keysMax) {
      for (const oldest of this.#windows.keys()) {
        this.#windows.delete(oldest);
        break;
      }
    }
    return permits;
  }
}
