import type { Clock } from "../ports/clock.ts";
import type { Asked, Limiter, Permits } from "../ports/limiter.ts";
import { type Cadence, checkRate, takeFrom } from "./cadence.ts";

/** Rate limits in this process's memory. `keysMax` of them are kept; the one not asked for longest is forgotten. */
export class MemoryLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #cadences = new Map<string, Cadence>();

  constructor(clock: Clock, limits: { keysMax: number }) {
    this.#clock = clock;
    this.#keysMax = limits.keysMax;
  }

  async take(key: string, perSecond: number, asked: Asked): Promise<Permits> {
    checkRate(perSecond);
    const { cadence, permits } = takeFrom(this.#cadences.get(key), perSecond, asked, this.#clock.monotonic());
    // The map's order is the order of use.
    this.#cadences.delete(key);
    this.#cadences.set(key, cadence);
    if (this.#cadences.size > this.#keysMax) {
      for (const oldest of this.#cadences.keys()) {
        this.#cadences.delete(oldest);
        break;
      }
    }
    return permits;
  }
}
