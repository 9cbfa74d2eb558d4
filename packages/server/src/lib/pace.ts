interface Waiter {
  full: () => boolean;
  /** What is ahead; while it falls, waiting goes on. */
  ahead: (() => number) | undefined;
  least: number;
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
 * Where the caller can tell how much is ahead, the bound counts from when that last fell.
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
  wait(full: () => boolean, ahead?: () => number): Promise<void> | undefined {
    if (!full()) return undefined;
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) this.#arm();
      const until = this.#clock.monotonic() + this.#waitMaxMs;
      this.#waiting.push({ full, ahead, least: ahead?.() ?? 0, until, resolve });
    });
  }

  #arm(): void {
    this.#clock.after(this.#tickMs, () => this.#look());
  }

  #extend(waiter: Waiter, now: number): void {
    const ahead = waiter.ahead?.();
    if (ahead === undefined || ahead >= waiter.least) return;
    waiter.least = ahead;
    waiter.until = now + this.#waitMaxMs;
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      this.#extend(waiter, now);
      if (now >= waiter.until || !waiter.full()) waiter.resolve();
      else this.#waiting.push(waiter);
    }
    if (this.#waiting.length > 0) this.#arm();
  }
}
