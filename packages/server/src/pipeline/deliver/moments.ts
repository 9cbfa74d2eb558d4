import type { Permits, Unused } from "../../ports/limiter.ts";

/**
 * What is used later than this after its moment counts as another's: a vendor counts calls, and not what was intended. Where
 * moments are far apart, a share of that does no harm, and who misses one would wait for long.
 */
const lateMs = 30;
const lateShare = 1 / 20;

/** Moments of a rate that this process has and has not used, soonest first, on its monotonic clock. */
export class Moments {
  readonly #waiting: { at: number; lastAt: number }[] = [];
  #lateMs = lateMs;
  /** Those that passed by since one was used. */
  #passed: Unused | undefined;

  get count(): number {
    return this.#waiting.length;
  }

  /** Milliseconds until the last one. */
  aheadMs(now: number): number {
    return Math.max(0, Math.ceil((this.#waiting.at(-1)?.at ?? now) - now));
  }

  /** The last of them begins when it has come, however slow that was: each answer lets somebody go. */
  add({ taken, at, gapMs, lastAt }: Permits, now: number): void {
    this.#passed = undefined;
    this.#lateMs = Math.max(lateMs, gapMs * lateShare);
    for (let index = 0; index < taken; index += 1)
      this.#waiting.push({ at: at + index * gapMs, lastAt: lastAt - (taken - 1 - index) * gapMs });
    const last = this.#waiting.at(-1);
    if (taken > 0 && last !== undefined) last.at = Math.max(last.at, now);
  }

  /** When `count` may go together: at the last of as many moments. Undefined where there are too few; drops what has passed. */
  next(count: number, now: number): number | undefined {
    for (;;) {
      const last = this.#waiting[count - 1];
      if (last === undefined || last.at >= now - this.#lateMs) return last?.at;
      const first = this.#waiting.shift();
      if (first !== undefined) this.#passed = { count: (this.#passed?.count ?? 0) + 1, lastAt: first.lastAt };
    }
  }

  use(count: number): void {
    this.#waiting.splice(0, count);
    this.#passed = undefined;
  }

  /** What the limiter may give anew, where nobody has taken any after it. */
  get unused(): Unused | undefined {
    return this.#waiting.length === 0 ? this.#passed : undefined;
  }
}
