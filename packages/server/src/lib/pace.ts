interface Waiter {
  full: () => boolean;
  until: number;
  resolve: () => void;
}

interface PaceClock {
  monotonic(): number;
  after(delayMs: number, run: () => void): unknown;
}

/**
 * Lets a stage wait a little while the next one is behind, so that work stays in memory instead of going through the
 * store twice. The wait is bounded: a stage that is stuck behind a provider slows the one before it, and never stops it.
 */
export class Pace {
  readonly #clock: PaceClock;
  readonly #waitMaxMs: number;
  readonly #tickMs = 2;
  #waiting: Waiter[] = [];

  constructor(clock: PaceClock, waitMaxMs: number) {
    this.#clock = clock;
    this.#waitMaxMs = waitMaxMs;
  }

  /** Undefined where nothing is to be waited for. */
  wait(full: () => boolean): Promise<void> | undefined {
    if (!full()) return undefined;
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) this.#arm();
      this.#waiting.push({ full, until: this.#clock.monotonic() + this.#waitMaxMs, resolve });
    });
  }

  #arm(): void {
    this.#clock.after(this.#tickMs, () => this.#look());
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (now >= waiter.until || !waiter.full()) waiter.resolve();
      else this.#waiting.push(waiter);
    }
    if (this.#waiting.length > 0) this.#arm();
  }
}
