interface Timer {
  cancel(): void;
}

interface BackoffClock {
  after(delayMs: number, run: () => void): Timer;
}

const firstMs = 500;
const longestMs = 10_000;

/** Waits between tries, each twice as long as the one before, until it is ended. */
export class Backoff {
  readonly #clock: BackoffClock;
  #nextMs = firstMs;
  #waiting: { timer: Timer; resolve: () => void } | undefined;
  #ended = false;

  constructor(clock: BackoffClock) {
    this.#clock = clock;
  }

  reset(): void {
    this.#nextMs = firstMs;
  }

  wait(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(longestMs, waitMs * 2);
    return new Promise((resolve) => {
      this.#waiting = { timer: this.#clock.after(waitMs, resolve), resolve };
    });
  }

  /** Whoever waits goes on at once, and nobody waits any more. */
  end(): void {
    this.#ended = true;
    this.#waiting?.timer.cancel();
    this.#waiting?.resolve();
  }
}
