import type { Lane } from "@tidings/contract/words";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { Limiter } from "../../ports/limiter.ts";
import { MomentSource } from "./moment-source.ts";
import { Moments } from "./moments.ts";
import { Pause } from "./pause.ts";
import { RateLines } from "./rate-lines.ts";

/**
 * The rate of one integration.
 *
 *   in line ──▶ let in: STARTED is written ──▶ ready ──▶ gone, at a moment of the rate
 *
 * Moments belong to nobody: whoever is ready first goes at the next one, so one that is slow costs no moment. No more
 * are let in than there are moments; where some have passed by unused, more are asked for before others are let in.
 */
export class Rate {
  readonly #clock: Clock;
  readonly #source: MomentSource;
  readonly #partMax: number;
  readonly #pause: Pause;
  readonly #lines = new RateLines();
  readonly #moments = new Moments();
  readonly #ready: { count: number; go: () => void }[] = [];
  /** Let in, and not gone. */
  #open = 0;
  #asking = false;
  #refused = false;
  #dropped = false;
  #timer: Timer | undefined;

  /** `partMax`: messages that may go together. */
  constructor(on: { limiter: Limiter; clock: Clock }, key: string, perSecond: number, partMax: number) {
    this.#clock = on.clock;
    this.#source = new MomentSource(on, key, perSecond);
    this.#partMax = partMax;
    this.#pause = new Pause(on.clock);
  }

  /** Messages of a lane that the rate puts off. */
  putOff(lane: Lane): number {
    return this.#refused ? this.#lines.in(lane) : 0;
  }

  /** How long who is let in now may have to wait, once it is ready. */
  get aheadMs(): number {
    return this.#moments.aheadMs(this.#clock.monotonic());
  }

  /** Lets `count` in, part by part; resolves when all are, or when the rate was dropped. */
  async enter(lane: Lane, count: number, each: (count: number) => void): Promise<void> {
    if (this.#dropped) return;
    const entered = this.#lines.stand(lane, count, each);
    this.#admit();
    void this.#ask();
    await entered;
  }

  /** Resolves when `count` of those let in, which go together, may go. */
  turn(count: number): Promise<void> {
    this.#source.noteReady();
    return new Promise((go) => {
      this.#ready.push({ count, go });
      this.#go();
    });
  }

  /** So many of those let in will not go. */
  forgo(count: number): void {
    this.#open -= count;
    this.#admit();
  }

  /** Who was not let in goes another way; the rate goes on. */
  clear(): void {
    this.#lines.clear();
  }

  /** Who was not let in is no more; others go at their turn. */
  drop(): void {
    this.#dropped = true;
    this.#lines.clear();
    this.#pause.end();
  }

  #admit(): void {
    this.#moments.next(1, this.#clock.monotonic());
    this.#open += this.#lines.admit(this.#moments.count - this.#open, this.#partMax);
  }

  #go(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (;;) {
      const [first] = this.#ready;
      if (first === undefined) return;
      const now = this.#clock.monotonic();
      const at = this.#moments.next(first.count, now);
      if (at === undefined) return void this.#ask();
      if (at > now) {
        this.#timer = this.#clock.after(at - now, () => this.#go());
        return;
      }
      this.#moments.use(first.count);
      this.#leave(first);
    }
  }

  #leave({ count, go }: { count: number; go: () => void }): void {
    this.#ready.shift();
    this.#open -= count;
    go();
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      for (let wanted = this.#wanted(); wanted > 0; wanted = this.#wanted()) {
        const retryAfterMs = await this.#take(wanted);
        this.#admit();
        this.#go();
        this.#refused = retryAfterMs > 0 && this.#lines.count > 0;
        if (retryAfterMs > 0 && this.#wanted() > 0) await this.#pause.wait(retryAfterMs);
      }
    } catch (error) {
      this.#lines.fail(error);
      // Their messages are STARTED: a limiter that cannot be asked holds them up no longer.
      for (const each of this.#ready.slice()) this.#leave(each);
    } finally {
      this.#asking = false;
      this.#refused = false;
    }
  }

  #wanted(): number {
    return this.#lines.count + this.#open - this.#moments.count;
  }

  /** Gives when to ask again; 0 where all that was asked for is there. */
  async #take(count: number): Promise<number> {
    const permits = await this.#source.take(count, this.#lines.count === 0, this.#moments.unused);
    this.#moments.add(permits, this.#clock.monotonic());
    return permits.retryAfterMs;
  }
}
