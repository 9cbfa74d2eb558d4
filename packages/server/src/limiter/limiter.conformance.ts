import { describe, expect, test } from "vitest";
import type { Limiter } from "../ports/limiter.ts";

export interface LimiterBench {
  limiter: Limiter;
  /** Milliseconds on the limiter's clock. */
  now(): number;
  /** Resolves when that much time has passed on it. */
  pass(ms: number): Promise<void>;
}

export function limiterConformance(name: string, make: () => Promise<LimiterBench>): void {
  describe(`limiter: ${name}`, () => {
    test("gives all that is asked for while there is room", async () => {
      const { limiter } = await make();
      expect(await limiter.take("a", 100, 60)).toMatchObject({ taken: 60, retryAfterMs: 0 });
    });

    test("gives fewer where there is less, and says when to ask again", async () => {
      const { limiter } = await make();
      await limiter.take("a", 100, 80);
      const { taken, retryAfterMs } = await limiter.take("a", 100, 80);
      expect(taken).toBeLessThanOrEqual(25);
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(1100);
    });

    test("has something again when it said so", async () => {
      const { limiter, pass } = await make();
      await limiter.take("a", 50, 50);
      for (let round = 0; round < 3; round += 1) {
        const refused = await takeAll(limiter, "a", 50);
        await pass(refused);
        expect((await limiter.take("a", 50, 1)).taken).toBe(1);
      }
    });

    test("keeps keys apart", async () => {
      const { limiter } = await make();
      await takeAll(limiter, "a", 10);
      expect((await limiter.take("b", 10, 10)).taken).toBe(10);
    });

    test("asking for nothing takes nothing", async () => {
      const { limiter } = await make();
      expect(await limiter.take("a", 10, 0)).toMatchObject({ taken: 0, retryAfterMs: 0 });
    });

    test.each([20, 1000, 33.3])(
      "at %d/s lets at most 5 % more through in any second, and at least 90 %% in all",
      async (rate) => {
        const { limiter, now, pass } = await make();
        const taken: { at: number; count: number }[] = [];
        const end = now() + 6000;
        for (let round = 0; now() < end; round += 1) {
          const { taken: count } = await limiter.take("a", rate, 1 + (round % 7) * 3);
          if (count > 0) taken.push({ at: now(), count });
          await pass(1 + ((round * 13) % 29));
        }
        expect(busiestSecond(taken)).toBeLessThanOrEqual(Math.max(rate * 1.05, Math.ceil(rate)));
        const demand = sum(taken) / 6;
        expect(demand).toBeGreaterThanOrEqual(Math.min(rate * 0.9, demandPerSecond * 0.8));
      },
    );

    test("permits that were not used move to the moment at which they are taken again", async () => {
      const { limiter, pass } = await make();
      const first = await limiter.take("a", 100, 100);
      await pass(800);
      const moved = await limiter.take("a", 100, 100, { count: first.taken, at: first.at });
      expect(moved.taken).toBe(100);
      expect(moved.at).toBeGreaterThan(first.at);
      // Those of the first moment would have been free by now.
      await pass(400);
      expect((await limiter.take("a", 100, 1)).taken).toBe(0);
    });

    test("more than was taken cannot be given back", async () => {
      const { limiter } = await make();
      const { at } = await limiter.take("a", 10, 10);
      await limiter.take("a", 10, 0, { count: 1000, at });
      expect((await takeAll(limiter, "a", 10)) > 0).toBe(true);
      expect((await limiter.take("a", 10, 100)).taken).toBe(0);
    });

    test("a rate below one per second gives one and then a pause", async () => {
      const { limiter, pass } = await make();
      expect((await limiter.take("a", 0.5, 1)).taken).toBe(1);
      await pass(1500);
      expect((await limiter.take("a", 0.5, 1)).taken).toBe(0);
      await pass(700);
      expect((await limiter.take("a", 0.5, 1)).taken).toBe(1);
    });

    test("a changed rate does not forgive what was taken", async () => {
      const { limiter } = await make();
      await limiter.take("a", 100, 90);
      expect((await limiter.take("a", 110, 110)).taken).toBeLessThanOrEqual(26);
      expect((await limiter.take("a", 10, 10)).taken).toBe(0);
    });

    test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the rate %d", async (rate) => {
      const { limiter } = await make();
      await expect(limiter.take("a", rate, 1)).rejects.toThrow(RangeError);
    });
  });
}

/** Ten are asked for every fifteen milliseconds on average. */
const demandPerSecond = (10 / 15) * 1000;

/** Takes until there is none left; gives when to ask again. */
async function takeAll(limiter: Limiter, key: string, perSecond: number): Promise<number> {
  for (;;) {
    const { taken, retryAfterMs } = await limiter.take(key, perSecond, 1);
    if (taken === 0) return retryAfterMs;
  }
}

function sum(taken: readonly { count: number }[]): number {
  return taken.reduce((total, { count }) => total + count, 0);
}

function busiestSecond(taken: readonly { at: number; count: number }[]): number {
  let busiest = 0;
  for (const { at: from } of taken)
    busiest = Math.max(busiest, sum(taken.filter(({ at }) => at >= from && at < from + 1000)));
  return busiest;
}
