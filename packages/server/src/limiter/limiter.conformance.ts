import { describe, expect, test } from "vitest";
import type { Limiter } from "../ports/limiter.ts";

export interface LimiterBench {
  limiter: Limiter;
  /** Milliseconds on the clock that moments go by. */
  now(): number;
  /** Resolves when that much time has passed on it. */
  pass(ms: number): Promise<void>;
}

const soon = (count: number) => ({ count, readyInMs: 0 });

export function limiterConformance(name: string, make: () => Promise<LimiterBench>): void {
  describe(`limiter: ${name}`, () => {
    test("gives moments that are evenly apart, the first of an idle key at once", async () => {
      const { limiter, now } = await make();
      const askedAt = now();
      const { taken, at, gapMs, givenAt, lastAt, retryAfterMs } = await limiter.take("a", 100, soon(5));
      expect({ taken, retryAfterMs }).toEqual({ taken: 5, retryAfterMs: 0 });
      expect(at).toBeGreaterThanOrEqual(askedAt - 2);
      expect(at).toBe(givenAt);
      expect(at).toBeLessThanOrEqual(now());
      expect(gapMs).toBeGreaterThanOrEqual(10);
      expect(gapMs).toBeLessThanOrEqual(11);
      expect(lastAt).toBeGreaterThan(0);
    });

    test("goes on where the last one ended, whoever asks", async () => {
      const { limiter } = await make();
      const first = await limiter.take("a", 100, soon(4));
      const second = await limiter.take("a", 100, soon(2));
      expect(second.taken).toBe(2);
      expect(second.lastAt - first.lastAt).toBeGreaterThanOrEqual(2 * first.gapMs - 0.1);
    });

    test("gives moments of the near future only, and says when to ask again", async () => {
      const { limiter } = await make();
      const { taken, retryAfterMs } = await limiter.take("a", 100, soon(1000));
      expect(taken).toBeGreaterThanOrEqual(5);
      expect(taken).toBeLessThanOrEqual(12);
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(100);
    });

    test("has something again when it said so", async () => {
      const { limiter, pass } = await make();
      for (let round = 0; round < 3; round += 1) {
        const { retryAfterMs } = await limiter.take("a", 50, soon(50));
        await pass(retryAfterMs);
        expect((await limiter.take("a", 50, soon(1))).taken).toBe(1);
      }
    });

    test("who is not ready at once gets moments at which it is, within bounds", async () => {
      const { limiter } = await make();
      const { at, givenAt, taken } = await limiter.take("a", 100, { count: 100, readyInMs: 200 });
      expect(at - givenAt).toBeCloseTo(200, 1);
      expect(taken).toBeGreaterThanOrEqual(5);
      const never = await limiter.take("b", 100, { count: 1, readyInMs: 1_000_000 });
      expect(never.at - never.givenAt).toBeLessThanOrEqual(1000);
    });

    test("keeps keys apart", async () => {
      const { limiter } = await make();
      await limiter.take("a", 0.1, soon(10));
      expect(await limiter.take("a", 0.1, soon(1))).toMatchObject({ taken: 0 });
      expect(await limiter.take("b", 0.1, soon(1))).toMatchObject({ taken: 1 });
    });

    test("asking for nothing takes nothing", async () => {
      const { limiter } = await make();
      expect(await limiter.take("a", 10, soon(0))).toMatchObject({ taken: 0, retryAfterMs: 0 });
      expect(await limiter.take("a", 10, soon(1))).toMatchObject({ taken: 1 });
    });

    test.each([20, 1000, 33.3])(
      "at %d/s lets no more than the rate through in any second, and nearly all of it",
      async (rate) => {
        const { limiter, now, pass } = await make();
        const moments: number[] = [];
        const from = now();
        let asked = 0;
        for (let round = 0; now() < from + 6000; round += 1) {
          const count = 1 + (round % 7) * 3;
          asked += count;
          const { taken, at, gapMs } = await limiter.take("a", rate, soon(count));
          for (let index = 0; index < taken; index += 1) moments.push(at + index * gapMs);
          await pass(1 + ((round * 13) % 29));
        }
        expect(busiestSecond(moments)).toBeLessThanOrEqual(Math.ceil(rate));
        expect(moments.length).toBeGreaterThanOrEqual(Math.min(((now() - from) * rate * 0.9) / 1000, asked * 0.8));
      },
      20_000,
    );

    test("moments that were not used are given anew, unless somebody has taken any after them", async () => {
      const { limiter, pass } = await make();
      const first = await limiter.take("a", 0.5, soon(1));
      await pass(300);
      const again = await limiter.take("a", 0.5, { ...soon(1), unused: { count: 1, lastAt: first.lastAt } });
      expect(again.taken).toBe(1);
      expect(again.at).toBe(again.givenAt);
      expect(await limiter.take("a", 0.5, { ...soon(1), unused: { count: 1, lastAt: first.lastAt } })).toMatchObject({
        taken: 0,
      });
    });

    test("more than was taken cannot be given back", async () => {
      const { limiter } = await make();
      const { lastAt } = await limiter.take("a", 10, soon(1));
      await limiter.take("a", 10, { ...soon(0), unused: { count: 1000, lastAt } });
      expect((await limiter.take("a", 10, soon(100))).taken).toBeLessThanOrEqual(2);
    });

    test("a rate below one per second gives one and then a pause", async () => {
      const { limiter, pass } = await make();
      expect((await limiter.take("a", 0.5, soon(1))).taken).toBe(1);
      await pass(1500);
      expect((await limiter.take("a", 0.5, soon(1))).taken).toBe(0);
      await pass(700);
      expect((await limiter.take("a", 0.5, soon(1))).taken).toBe(1);
    });

    test("a changed rate counts from what was taken last", async () => {
      const { limiter } = await make();
      const { lastAt } = await limiter.take("a", 100, soon(1));
      expect((await limiter.take("a", 1, soon(1))).taken).toBe(0);
      const faster = await limiter.take("a", 200, soon(1));
      expect(faster.taken).toBe(1);
      expect(faster.lastAt - lastAt).toBeGreaterThanOrEqual(5);
    });

    test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the rate %d", async (rate) => {
      const { limiter } = await make();
      await expect(limiter.take("a", rate, soon(1))).rejects.toThrow(RangeError);
    });
  });
}

function busiestSecond(moments: readonly number[]): number {
  let busiest = 0;
  let from = 0;
  for (const [index, at] of moments.entries()) {
    while ((moments[from] ?? at) <= at - 1000) from += 1;
    busiest = Math.max(busiest, index - from + 1);
  }
  return busiest;
}
