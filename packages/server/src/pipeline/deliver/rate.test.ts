import { expect, test } from "vitest";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import { MemoryLimiter } from "../../limiter/memory.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Limiter } from "../../ports/limiter.ts";
import { Moments } from "./moments.ts";
import { Rate } from "./rate.ts";

const perSecond = 100;

/** One process's way to a limiter, and from there to a call: how long either takes, from and to. */
interface Way {
  answerMs: [number, number];
  startMs: [number, number];
}

const quick: Way = { answerMs: [1, 4], startMs: [2, 12] };
const slow: Way = { answerMs: [5, 30], startMs: [20, 90] };

function between(random: SeededRandom, [from, to]: [number, number]): number {
  return from + random.int(to - from);
}

function after(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** Messages that never run out go through one rate in several processes; gives when each was called. */
async function calls(ways: readonly Way[], seconds: number, partMax = Number.POSITIVE_INFINITY): Promise<number[]> {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const random = new SeededRandom(7);
  const shared = new MemoryLimiter(clock, { keysMax: 10 });
  const called: number[] = [];
  for (const way of ways) {
    const limiter: Limiter = {
      take: async (...asked) => {
        await after(clock, between(random, way.answerMs) / 2);
        const permits = await shared.take(...asked);
        await after(clock, between(random, way.answerMs) / 2);
        return permits;
      },
    };
    const rate = new Rate({ limiter, clock }, "a", perSecond, partMax);
    const go = async (count: number): Promise<void> => {
      await after(clock, between(random, way.startMs));
      await rate.turn(count);
      for (let each = 0; each < count; each += 1) called.push(clock.monotonic());
      void rate.enter("transactional", count, (part) => void go(part));
    };
    void rate.enter("transactional", 60, (count) => {
      const single = partMax === Number.POSITIVE_INFINITY;
      for (let left = count; left > 0; left -= single ? 1 : count) void go(single ? 1 : count);
    });
  }
  await clock.settleTo(clock.now() + seconds * 1000);
  return called;
}

function fullestSecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}

test.each([
  ["two quick ones", [quick, quick]],
  ["two slow ones", [slow, slow]],
  ["a quick one and a slow one", [quick, slow]],
  ["one that is slow", [slow]],
] as const)("calls of %s keep the rate in any second, and use it", async (_name, ways) => {
  const times = await calls(ways, 12);
  expect(fullestSecond(times)).toBeLessThanOrEqual(102);
  expect(times.length / 12).toBeGreaterThanOrEqual(92);
});

test("a call of a slow rate that is a little late goes all the same, and does not wait for the next moment", () => {
  const moments = new Moments();
  moments.add({ taken: 1, at: 1000, gapMs: 10_000, givenAt: 1000, lastAt: 1000, retryAfterMs: 0 }, 1000);
  expect(moments.next(1, 1400)).toBe(1000);
  expect(moments.next(1, 1501)).toBeUndefined();
});
