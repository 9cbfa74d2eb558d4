import { TidingsError } from "../../errors.ts";

/**
 * Bounds what is taken in and not durable yet: without it a slow disk would fill the memory with promises of a 202.
 * A caller enters with its events, adds bytes as it makes them, and leaves with both.
 */
export class Intake {
  readonly #eventsMax: number;
  readonly #bytesMax: number;
  readonly #retryAfterSeconds: number;
  #events = 0;
  #bytes = 0;

  constructor(limits: { eventsMax: number; bytesMax: number; retryAfterSeconds: number }) {
    this.#eventsMax = limits.eventsMax;
    this.#bytesMax = limits.bytesMax;
    this.#retryAfterSeconds = limits.retryAfterSeconds;
  }

  get events(): number {
    return this.#events;
  }

  /** Throws `overloaded` where there is no room. One call's bytes may exceed the limit, as a body has a limit of its own. */
  enter(events: number): void {
    if (this.#events + events > this.#eventsMax || this.#bytes >= this.#bytesMax) throw this.overloaded();
    this.#events += events;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  leave(events: number, bytes: number): void {
    this.#events -= events;
    this.#bytes -= bytes;
  }

  overloaded(): TidingsError {
    return new TidingsError("overloaded", { retryAfterSeconds: this.#retryAfterSeconds });
  }
}
