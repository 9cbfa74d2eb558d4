import type { Clock } from "../ports/clock.ts";

/**
 * Requests per API key in each second of the clock, in memory. A fixed window lets up to twice the limit through around
 * the turn of a second; it protects the process, and costs one map lookup.
 */
export class RateLimit {
  readonly limit: number;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #second = 0;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.limit = limit;
  }

  /** Counts one request; gives how many are left, negative where this one was too many. */
  take(key: string): number {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      // Bounds the map too: it holds one second's keys.
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return this.limit - count;
  }
}
