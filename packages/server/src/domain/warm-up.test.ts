import { warmUpSchema } from "@tidings/contract/allowances";
import { describe, expect, test } from "vitest";
import { dateOfDay, dayOf, dayOfDate, granted, startOfDay } from "./allowance.ts";
import { bouncesFrom, capOfDay, firstDay, isStopped } from "./warm-up.ts";

const start = dayOfDate("2026-03-01");
const warmUp = { startedOn: "2026-03-01" };
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => start + from + index);

describe("a day", () => {
  test("begins and ends at midnight, UTC", () => {
    const midnight = Date.UTC(2026, 2, 1);
    expect([dayOf(midnight - 1), dayOf(midnight), dayOf(midnight + 86_399_999)]).toEqual([start - 1, start, start]);
    expect([startOfDay(start), dateOfDay(start)]).toEqual([midnight, "2026-03-01"]);
  });
});

describe("what a process sets aside", () => {
  const ask = { least: 1, most: 500, parts: 4, max: 1000 };

  test("is a part of what is left, between what it needs and the most", () => {
    expect([granted(0, ask), granted(900, ask), granted(998, ask), granted(0, { ...ask, max: 1e6 })]).toEqual([
      250, 25, 1, 500,
    ]);
    expect(granted(0, { ...ask, least: 300 })).toBe(300);
  });

  test("is never more than is left", () => {
    expect([granted(997, { ...ask, least: 10 }), granted(1000, ask), granted(1200, ask)]).toEqual([3, 0, 0]);
  });
});

describe("a warm-up", () => {
  test("lets out what its plan has for the day, and everything once it is over", () => {
    const caps = [-3, 0, 1, 2, 15, 16].map((day) => capOfDay(warmUp, days(0, Math.max(0, day - 1)), start + day));
    expect(caps).toEqual([50, 50, 100, 250, 100_000, undefined]);
    expect(capOfDay({ ...warmUp, plan: [7, 9] }, [start], start + 1)).toBe(9);
  });

  test("begins anew with the first use behind 30 days without any, and not behind 29", () => {
    expect(firstDay(start, days(0, 5), start + 35)).toBe(start);
    expect(firstDay(start, days(0, 5), start + 36)).toBe(start + 36);
    // The days behind the new beginning count from it, whichever process asks.
    expect(firstDay(start, [...days(0, 5), ...days(36, 38)], start + 39)).toBe(start + 36);
    expect(capOfDay(warmUp, [...days(0, 5), ...days(36, 38)], start + 39)).toBe(500);
  });

  test("that nobody used for 30 days since it was to start begins with its first use", () => {
    expect(firstDay(start, [], start + 29)).toBe(start);
    expect(firstDay(start, [], start + 30)).toBe(start + 30);
  });

  test("stops when more than its rate bounces, of 50 at least", () => {
    expect([isStopped(warmUp, 49, 49), isStopped(warmUp, 100, 3), isStopped(warmUp, 100, 4)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(isStopped({ ...warmUp, bounceRateMax: 10 }, 100, 10)).toBe(false);
  });

  test("counts the bounces of three days, and none from before it began", () => {
    expect([bouncesFrom(warmUp, start + 9), bouncesFrom(warmUp, start + 1), bouncesFrom(warmUp, start - 4)]).toEqual([
      start + 7,
      start,
      start - 4,
    ]);
  });

  test("is refused with a date that is none, an empty plan or one that sends nothing", () => {
    for (const wrong of [{ startedOn: "2026-02-30" }, { ...warmUp, plan: [] }, { ...warmUp, plan: [0] }])
      expect(warmUpSchema.safeParse(wrong).success).toBe(false);
    expect(warmUpSchema.safeParse({ ...warmUp, plan: [1, 2], bounceRateMax: 2.5 }).success).toBe(true);
  });
});
