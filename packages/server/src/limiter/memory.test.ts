import { describe, expect, test } from "vitest";
import { SeededRandom } from "../lib/seeded-random.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import { limiterConformance } from "./limiter.conformance.ts";
import { MemoryLimiter } from "./memory.ts";

function bench(keysMax = 100) {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const pass = (ms: number): Promise<void> => clock.settleTo(clock.now() + ms, () => Promise.resolve());
  return { limiter: new MemoryLimiter(clock, { keysMax }), clock, now: () => clock.now(), pass };
}

limiterConformance("in memory", async () => bench());

describe("limiter in memory", () => {
  test.each([1, 1.5, 3, 10.5, 250, 5000])(
    "at %d/s never gives more than the rate, rounded up, in any second",
    async (rate) => {
      const { limiter, clock, pass } = bench();
      const random = new SeededRandom(rate * 10);
      const window: { at: number; count: number }[] = [];
      let inWindow = 0;
      let total = 0;
      for (let round = 0; round < 4000; round += 1) {
        const { taken, retryAfterMs } = await limiter.take("a", rate, 1 + random.int(Math.ceil(rate)));
        window.push({ at: clock.now(), count: taken });
        inWindow += taken;
        total += taken;
        while (window[0] !== undefined && window[0].at <= clock.now() - 1000) inWindow -= window.shift()?.count ?? 0;
        expect(inWindow).toBeLessThanOrEqual(Math.ceil(rate));
        await pass(random.chance(0.5) ? retryAfterMs : random.int(20));
      }
      const seconds = (clock.now() - Date.UTC(2026, 0, 1)) / 1000;
      expect(total / seconds).toBeGreaterThan(rate * 0.9);
    },
  );

  test("forgets the key that was not asked for longest when there are too many", async () => {
    const { limiter } = bench(2);
    await limiter.take("a", 1, 1);
    await limiter.take("b", 1, 1);
    expect((await limiter.take("a", 1, 1)).taken).toBe(0);
    await limiter.take("c", 1, 1);
    expect((await limiter.take("a", 1, 1)).taken).toBe(0);
    expect((await limiter.take("b", 1, 1)).taken).toBe(1);
  });
});
