import type { Clock } from "../ports/clock.ts";
import type { Asked, Limiter, Permits } from "../ports/limiter.ts";
import { type Cadence, checkRate, takeFrom } from "./cadence.ts";

/** Cadences that all processes of an installation share. */
export interface SharedCadences {
  /** Changes one key's cadence while nobody else does; `now` is ms of the one clock that all go by. */
  change<T>(
    key: string,
    change: (cadence: Cadence | undefined, now: number) => { state: Cadence; result: T },
  ): Promise<T>;
}

interface Waiting {
  perSecond: number;
  asked: Asked;
  resolve: (given: Permits) => void;
  reject: (error: unknown) => void;
}

/** Rate limits across processes. What is asked of a key while an answer for it is under way goes together with the next. */
export class SharedLimiter implements Limiter {
  readonly #cadences: SharedCadences;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #busy = new Set<string>();

  constructor(cadences: SharedCadences, clock: Clock) {
    this.#cadences = cadences;
    this.#clock = clock;
  }

  async take(key: string, perSecond: number, asked: Asked): Promise<Permits> {
    checkRate(perSecond);
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, waiting);
      waiting.push({ perSecond, asked, resolve, reject });
      void this.#next(key);
    });
  }

  async #next(key: string): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || this.#busy.has(key)) return;
    this.#waiting.delete(key);
    this.#busy.add(key);
    try {
      const given = await this.#cadences.change(key, (known, now) => {
        // Read here, and not when the answer has come: what the commit takes would make every moment late.
        const here = this.#clock.monotonic() - now;
        let state = known;
        const result = waiting.map(({ perSecond, asked }) => {
          const { cadence, permits } = takeFrom(state, perSecond, asked, now);
          state = cadence;
          return { ...permits, at: permits.at + here, givenAt: now + here };
        });
        if (state === undefined) throw new Error("nothing was asked of a rate");
        return { state, result };
      });
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const permits = given[index];
        if (permits === undefined) reject(new Error("a rate gave no answer"));
        else resolve(permits);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    } finally {
      this.#busy.delete(key);
      void this.#next(key);
    }
  }
}
