/** How long to put off what finds a full buffer: doubling while the destination stays full, so that a long outage is asked ever more rarely. */
export class OverflowDelays {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #entriesMax = 10_000;
  readonly #until = new Map<string, { delayMs: number; until: number }>();

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** Delay for one more message of `key` at `now`; `jitter` in [0, 1) spreads those that overflow together. */
  next(key: string, now: number, jitter: number): number {
    const known = this.#until.get(key);
    const fresh = known === undefined || now >= known.until + known.delayMs;
    const delayMs = fresh ? this.#minMs : now >= known.until ? Math.min(known.delayMs * 2, this.#maxMs) : known.delayMs;
    if (known === undefined || now >= known.until) {
      if (this.#until.size >= this.#entriesMax) this.#until.clear();
      this.#until.set(key, { delayMs, until: now + delayMs * 2 });
    }
    return delayMs + Math.ceil(delayMs * jitter);
  }
}
