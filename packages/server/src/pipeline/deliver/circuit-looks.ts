import type { Circuit } from "../../domain/circuit.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";

/** Looks at who waits for an open circuit, when a probe may go or when the time that the vendor named is over. */
export class CircuitLooks {
  readonly #clock: Clock;
  readonly #leastMs: number;
  readonly #look: (integration: IntegrationConfiguration) => boolean;
  readonly #timers = new Map<Circuit, Timer>();

  /** `look` says whether anything waits there; `leastMs` lies between two looks. */
  constructor(clock: Clock, leastMs: number, look: (integration: IntegrationConfiguration) => boolean) {
    this.#clock = clock;
    this.#leastMs = leastMs;
    this.#look = look;
  }

  /** Something waits for it: where it is open and no look is to come, one is. */
  watch(circuit: Circuit, integration: IntegrationConfiguration): void {
    if (this.#timers.has(circuit)) return;
    const open = circuit.openSince(this.#clock.monotonic());
    if (open !== undefined) this.#lookAgain(open.nextProbeInMs, circuit, integration);
  }

  /** Looks once, and again and again while it is open and something waits. */
  lookIn(ms: number, circuit: Circuit, integration: IntegrationConfiguration): void {
    this.#timers.get(circuit)?.cancel();
    const timer = this.#clock.after(ms + 1, () => {
      this.#timers.delete(circuit);
      const waits = this.#look(integration);
      const open = circuit.openSince(this.#clock.monotonic());
      if (open === undefined || !waits) return;
      this.#lookAgain(open.nextProbeInMs, circuit, integration);
    });
    this.#timers.set(circuit, timer);
  }

  /** A probe may be due that finds no place: it is not asked for all the time. */
  #lookAgain(ms: number, circuit: Circuit, integration: IntegrationConfiguration): void {
    this.lookIn(Math.max(ms, this.#leastMs), circuit, integration);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
