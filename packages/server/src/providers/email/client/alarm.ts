import type { Clock, Timer } from "../../../ports/clock.ts";

/**
 * A time-out that is set anew for each reply. There is one timer, which looks again when it was early: that costs a reading
 * of the clock where setting a timer each time would cost several.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  /** Monotonic; undefined where it is not set. */
  #due: number | undefined;
  #timer: Timer | undefined;
  #timerDue = 0;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get isSet(): boolean {
    return this.#due !== undefined;
  }

  set(delayMs: number): void {
    this.#due = this.#clock.monotonic() + delayMs;
    if (this.#timer === undefined || this.#timerDue > this.#due) this.#setTimer(delayMs);
  }

  unset(): void {
    this.#due = undefined;
  }

  /** Unset for good: no timer is left. */
  stop(): void {
    this.unset();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #setTimer(delayMs: number): void {
    this.#timer?.cancel();
    this.#timerDue = this.#clock.monotonic() + delayMs;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      if (this.#due === undefined) return;
      const leftMs = this.#due - this.#clock.monotonic();
      if (leftMs > 0) {
        this.#setTimer(leftMs);
        return;
      }
      this.#due = undefined;
      this.#onDue();
    });
  }
}
