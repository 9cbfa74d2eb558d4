import type { Clock, Timer } from "../../ports/clock.ts";

/** A wait that can be ended before its time. */
export class Pause {
  readonly #clock: Clock;
  #waiting: { timer: Timer; end: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One at a time. */
  wait(ms: number): Promise<void> {
    return new Promise((end) => {
      this.#waiting = { timer: this.#clock.after(ms, end), end };
    });
  }

  end(): void {
    this.#waiting?.timer.cancel();
    this.#waiting?.end();
  }
}
