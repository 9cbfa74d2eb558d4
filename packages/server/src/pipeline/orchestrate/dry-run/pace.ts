import type { Clock } from "../../../ports/clock.ts";

/** Rests for as long as it has worked, so that those who send have the process, and tells when the time is over. */
export class Pace {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  readonly #until: number;
  #from: number;

  constructor(clock: Pick<Clock, "monotonic" | "after">, forMs: number) {
    this.#clock = clock;
    this.#from = clock.monotonic();
    this.#until = this.#from + forMs;
  }

  /** False, without a rest, where no time would be left after it. */
  async rest(): Promise<boolean> {
    const now = this.#clock.monotonic();
    const worked = now - this.#from;
    if (now + worked >= this.#until) return false;
    await new Promise<void>((resolve) => this.#clock.after(worked, resolve));
    this.#from = this.#clock.monotonic();
    return true;
  }
}
