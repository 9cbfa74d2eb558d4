import type { Lane } from "@tidings/contract/words";

/** Share of the slots that a lane may fill, so that there is always room for what is more urgent. */
const share: Record<Lane, number> = { critical: 1, transactional: 0.95, marketing: 0.85 };

/** Bounded places for messages under way. */
export class Slots {
  readonly max: number;
  #taken = 0;

  constructor(max: number) {
    this.max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** How many more a lane may take; at least one where nothing is taken, however small the bound. */
  free(lane: Lane): number {
    const room = Math.floor(this.max * share[lane]) - this.#taken;
    return this.#taken === 0 ? Math.max(1, room) : Math.max(0, room);
  }

  take(count: number): void {
    this.#taken += count;
  }

  release(count: number): void {
    this.#taken -= count;
  }
}
