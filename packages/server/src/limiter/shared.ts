import type { Limiter, Permits, Unused } from "../ports/limiter.ts";
import { checkRate, takeFrom, type Window } from "./window.ts";

/** Windows that all processes of an installation share. */
export interface SharedWindows {
  /** Changes one key's window while nobody else does; `now` is ms of the one clock that all go by. */
  change<T>(
    key: string,
    change: (window: Window | undefined, now: number) => { window: Window; result: T },
  ): Promise<T>;
}

interface Asked {
  perSecond: number;
  count: number;
  unused: Unused | undefined;
  resolve: (given: Permits) => void;
  reject: (error: unknown) => void;
}

/** Rate limits across processes. What is asked of a key while an answer for it is under way goes together with the next. */
export class SharedLimiter implements Limiter {
  readonly #windows: SharedWindows;
  readonly #asked = new Map<string, Asked[]>();
  readonly #busy = new Set<string>();

  constructor(windows: SharedWindows) {
    this.#windows = windows;
  }

  async take(key: string, perSecond: number, count: number, unused?: Unused): Promise<Permits> {
    checkRate(perSecond);
    return new Promise((resolve, reject) => {
      const asked = this.#asked.get(key) ?? [];
      this.#asked.set(key, asked);
      asked.push({ perSecond, count, unused, resolve, reject });
      void this.#next(key);
    });
  }

  async #next(key: string): Promise<void> {
    const asked = this.#asked.get(key);
    if (asked === undefined || this.#busy.has(key)) return;
    this.#asked.delete(key);
    this.#busy.add(key);
    try {
      const given = await this.#windows.change(key, (known, now) => {
        let window = known;
        const result = asked.map(({ perSecond, count, unused }) => {
          const { window: next, ...permits } = takeFrom(window, perSecond, count, now, unused);
          window = next;
          return permits;
        });
        if (window === undefined) throw new Error("nothing was asked of a rate");
        return { window, result };
      });
      for (const [index, { resolve }] of asked.entries()) resolve(given[index] ?? { taken: 0, retryAfterMs: 1, at: 0 });
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      this.#busy.delete(key);
      void this.#next(key);
    }
  }
}
