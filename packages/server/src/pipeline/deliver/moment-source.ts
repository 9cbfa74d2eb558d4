import type { Clock } from "../../ports/clock.ts";
import type { Limiter, Permits, Unused } from "../../ports/limiter.ts";
import { Lag } from "./lag.ts";

/** What is ready so soon needs no moment of its own, and is not put off for one. */
const soonMs = 20;

/** Where one integration's moments come from: it asks for those that can be used, by how long that took of late. */
export class MomentSource {
  readonly #on: { limiter: Limiter; clock: Clock };
  readonly #key: string;
  readonly #perSecond: number;
  /** From what the limiter gave to who is ready for it, and to its arrival here. */
  readonly #readyLag = new Lag();
  readonly #answerLag = new Lag();
  #givenAt = 0;

  constructor(on: { limiter: Limiter; clock: Clock }, key: string, perSecond: number) {
    this.#on = on;
    this.#key = key;
    this.#perSecond = perSecond;
  }

  /** Somebody is ready to go. */
  noteReady(): void {
    this.#readyLag.note(this.#on.clock.monotonic() - this.#givenAt);
  }

  /** `areReady`: they are for who has been let in already. */
  async take(count: number, areReady: boolean, unused: Unused | undefined): Promise<Permits> {
    const lagMs = Math.max(this.#answerLag.ms, areReady ? 0 : this.#readyLag.ms);
    const asked = { count, readyInMs: lagMs > soonMs ? lagMs : 0, ...(unused === undefined ? {} : { unused }) };
    const permits = await this.#on.limiter.take(this.#key, this.#perSecond, asked);
    this.#givenAt = permits.givenAt;
    this.#answerLag.note(this.#on.clock.monotonic() - permits.givenAt);
    return permits;
  }
}
