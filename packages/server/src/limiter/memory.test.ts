import { describe, expect, test } from "vitest";
import { SeededRandom } from "../lib/seeded-random.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import { takeFrom } from "./cadence.ts";
import { limiterConformance } from "./limiter.conformance.ts";
import { MemoryLimiter } from "./memory.ts";

function bench(keysMax = 100) {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const pass = (ms: number): Promise<void> => clock.settleTo(clock.now() + ms, () => Promise.resolve());
  return { limiter: new MemoryLimiter(clock, { keysMax }), clock, now: () => clock.monotonic(), pass };
}

const one = { count: 1, readyInMs: 0 };

limiterConformance("in memory", async () => bench());

describe("limiter in memory", () => {
  test.each([1, 1.5, 3, 10.5, 250, 5000])(
    "at %d/s never gives more than the rate, rounded up, in any second",
    async (rate) => {
      const { limiter, clock, pass } = bench();
      const random = new SeededRandom(rate * 10);
      const lately: number[] = [];
      let from = 0;
      let most = 0;
      for (let round = 0; round < 1000; round += 1) {
        const readyInMs = random.chance(0.2) ? random.int(400) : 0;
        const count = 1 + random.int(Math.ceil(rate));
        const { taken, at, gapMs, retryAfterMs } = await limiter.take("a", rate, { count, readyInMs });
        for (let index = 0; index < taken; index += 1) {
          const moment = at + index * gapMs;
          lately.push(moment);
          while ((lately[from] ?? moment) <= moment - 1000) from += 1;
          most = Math.max(most, lately.length - from);
        }
        await pass(random.chance(0.5) ? retryAfterMs : random.int(20));
      }
      expect(most).toBeLessThanOrEqual(Math.ceil(rate));
      expect((lately.length * 1000) / clock.monotonic()).toBeGreaterThan(rate * 0.9);
    },
  );

  test("a clock that is set back holds nobody up for long", () => {
    const { cadence } = takeFrom(undefined, 100, { count: 1, readyInMs: 0 }, 1_000_000);
    const { permits } = takeFrom(cadence, 100, { count: 1, readyInMs: 0 }, 1000);
    expect(permits.retryAfterMs).toBeLessThanOrEqual(1000);
  });

  test("forgets the key that was not asked for longest when there are too many", async () => {
    const { limiter } = bench(2);
    await limiter.take("a", 1, one);
    await limiter.take("b", 1, one);
    expect((await limiter.take("a", 1, one)).taken).toBe(0);
    await limiter.take("c", 1, one);
    expect((await limiter.take("a", 1, one)).taken).toBe(0);
    expect((await limiter.take("b", 1, one)).taken).toBe(1);
  });
});
