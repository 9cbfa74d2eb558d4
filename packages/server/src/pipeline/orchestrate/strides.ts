import type { Lane } from "@tidings/contract/words";
import type { Clock } from "../../ports/clock.ts";
import type { OrchestrateLimits } from "./limits.ts";

export type StrideLimits = Pick<
  OrchestrateLimits,
  "recipientsPerTurn" | "recipientsPerStride" | "recipientsPerShortStride" | "strideQuietMs"
>;

/**
 * How many people of an audience have their turn at once. Planning and writing a turn is one stretch in which nothing else
 * runs, so it is short while more urgent events come; while none do, marketing takes strides, of which each notification
 * costs less. On PostgreSQL a turn holds up no other in the store, so that the short ones are twice as long.
 */
export class Strides {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #limits: StrideLimits;
  #urgentAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">, limits: StrideLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Something of this lane has come. */
  passed(lane: Lane): void {
    if (lane !== "marketing") this.#urgentAt = this.#clock.monotonic();
  }

  recipients(lane: Lane): number {
    const { recipientsPerTurn, recipientsPerStride, recipientsPerShortStride, strideQuietMs } = this.#limits;
    if (lane !== "marketing") return recipientsPerTurn;
    const isQuiet = this.#clock.monotonic() - this.#urgentAt > strideQuietMs;
    return Math.max(recipientsPerTurn, isQuiet ? recipientsPerStride : recipientsPerShortStride);
  }
}
