import type { Timer } from "../../ports/clock.ts";
import type { DeliverDependencies } from "./ports.ts";

/** Where another process lets go what a pause has kept, or the store did not answer, it is looked at again so much later, ms. */
const againMs = 1000;

/**
 * Lets go what pauses have kept once they have ended, a bounded number of messages in each transaction. What is left is in the store,
 * so any process goes on with it after a crash. Without a pause there is nothing to wait for, and no timer.
 *
 *   idle ── a pause has changed, or has its time ──▶ releasing ── nothing is left ──▶ idle
 */
export class Releases {
  readonly #on: DeliverDependencies;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #unsubscribe: () => void = () => undefined;
  /** A pause has changed since the look that is under way began. */
  #isChanged = false;
  #stopped = false;

  constructor(dependencies: DeliverDependencies) {
    this.#on = dependencies;
  }

  start(): void {
    this.#unsubscribe = this.#on.configuration.onPauses(() => {
      this.#isChanged = true;
      this.#arm(0);
    });
    this.#arm(0);
  }

  /** Resolves when none is being let go. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#timer?.cancel();
    await this.#running;
  }

  /** Waits for the next pause that has its time. One that has ended has it now, or, where it was just looked at, in a while. */
  #arm(leastMs: number): void {
    this.#timer?.cancel();
    const { configuration, clock } = this.#on;
    const next = configuration.nextRelease();
    if (this.#stopped || this.#running !== undefined || next === undefined) return;
    const delayMs = Math.max(leastMs, next - clock.now());
    if (delayMs > 0) this.#timer = clock.after(delayMs, () => this.#run());
    else this.#run();
  }

  #run(): void {
    this.#isChanged = false;
    this.#running = this.#releaseAll().finally(() => {
      this.#running = undefined;
      this.#arm(this.#isChanged ? 0 : againMs);
    });
  }

  async #releaseAll(): Promise<void> {
    const { store, clock, limits, queue, observer } = this.#on;
    try {
      for (let isMore = true; isMore && !this.#stopped; ) {
        const { count, places } = await store.releaseHeld({ now: clock.now(), limit: limits.releasedPerCallMax });
        for (const { lane, channel } of places) queue.wake(`delivery.${channel}.${lane}`);
        isMore = count > 0;
      }
    } catch (error) {
      observer.onFault("releases", "", error);
    }
  }
}
