import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bouncesMax,
  canSoftBounce,
  isForgotten,
  isSoftBouncing,
  joined,
  nothingTold,
  readBounces,
  type SoftBounce,
  type SoftBounces,
  softBounceRule,
  verdictOf,
  writeBounces,
} from "./soft-bounces.ts";

const dayMs = 86_400_000;
const rule = { count: 3, days: 7 };

type Told = { delivered: number } | SoftBounce;
const stateOf = (told: Told): SoftBounces =>
  "delivered" in told ? { ...nothingTold, deliveredAt: told.delivered } : { ...nothingTold, bounces: [told] };
const after = (all: readonly Told[]): SoftBounces => all.map(stateOf).reduce(joined, nothingTold);
/** Messages that bounced on these days; a negative day is one on which something was delivered. */
const onDays = (...days: number[]): SoftBounces =>
  after(
    days.map((day, index) =>
      day < 0 ? { delivered: -day * dayMs } : { messageId: `m${index}`, at: Math.round(day * dayMs) },
    ),
  );

/** What is known, by all that was ever told. */
function model(all: readonly Told[]): SoftBounces {
  const delivered = all.flatMap((told) => ("delivered" in told ? [told.delivered] : []));
  const deliveredAt = delivered.length === 0 ? null : Math.max(...delivered);
  const bounced = all.flatMap((told) => ("delivered" in told ? [] : [told]));
  const bounces = [...new Set(bounced.map(({ messageId }) => messageId))]
    .map((messageId) => ({
      messageId,
      at: Math.max(...bounced.filter((one) => one.messageId === messageId).map(({ at }) => at)),
    }))
    .filter(({ at }) => deliveredAt === null || at > deliveredAt)
    .sort((a, b) => b.at - a.at || (a.messageId < b.messageId ? 1 : -1));
  return { deliveredAt, bounces: bounces.slice(0, bouncesMax) };
}

const times = fc.oneof(
  fc.nat(20).map((day) => day * dayMs),
  fc.nat(40),
);
const tolds: fc.Arbitrary<Told> = fc.oneof(
  { weight: 1, arbitrary: times.map((delivered) => ({ delivered })) },
  { weight: 5, arbitrary: fc.record({ messageId: fc.nat(60).map((id) => `m${id}`), at: times }) },
);

describe("what is known of an address", () => {
  test("is the same whatever the order and the repetition of what is told, and follows from all of it", () => {
    const told = fc.array(tolds, { maxLength: 70 });
    const shuffled = told.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, some]) => {
        expect(after(list)).toEqual(model(list));
        expect(after([...some, ...list])).toEqual(after(list));
        expect(after([...list, ...some])).toEqual(after(list));
      }),
      { numRuns: 500 },
    );
  });

  test("is the same where what was told together is joined first", () => {
    const states = fc.array(tolds, { maxLength: 30 }).map(after);
    fc.assert(
      fc.property(states, states, states, (a, b, c) => {
        expect(joined(a, joined(b, c))).toEqual(joined(joined(a, b), c));
        expect(joined(a, b)).toEqual(joined(b, a));
        expect(joined(a, a)).toEqual(a);
      }),
      { numRuns: 500 },
    );
  });

  test("ends in the same suppression for any order, where each change does what follows from it", () => {
    const list = fc.array(tolds, { minLength: 1, maxLength: 40 });
    const orders = list.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    );
    const suppressedBy = (all: readonly Told[]): boolean => {
      let known = nothingTold;
      let isSuppressed = false;
      for (const told of all) {
        const next = joined(known, stateOf(told));
        const verdict = verdictOf(known, next, rule);
        if (verdict !== undefined) isSuppressed = verdict === "suppress";
        known = next;
      }
      expect(isSuppressed).toBe(isSoftBouncing(known, rule));
      return isSuppressed;
    };
    fc.assert(
      fc.property(orders, ([all, order]) => {
        expect(suppressedBy(order)).toBe(suppressedBy(all));
      }),
      { numRuns: 500 },
    );
  });

  test("is kept as text, newest first", () => {
    const { bounces } = onDays(1, 3, 2);
    expect(writeBounces(bounces)).toBe(`${3 * dayMs} m1\n${2 * dayMs} m2\n${dayMs} m0`);
    expect(readBounces(writeBounces(bounces))).toEqual(bounces);
    expect(readBounces("")).toEqual([]);
  });

  test("is bounded", () => {
    const all = Array.from({ length: 100 }, (_, index) => ({ messageId: `m${index}`, at: index }));
    expect(after(all).bounces).toHaveLength(bouncesMax);
    expect(after(all).bounces[0]?.at).toBe(99);
  });

  test("is forgotten once no report can add to it: a delivery within days, what soft-bounced with the longest rule", () => {
    expect(isForgotten(onDays(-10), 16 * dayMs)).toBe(false);
    expect(isForgotten(onDays(-10), 18 * dayMs)).toBe(true);
    expect(isForgotten(onDays(-1, 10), 40 * dayMs)).toBe(false);
    expect(isForgotten(onDays(-1, 10), 48 * dayMs)).toBe(true);
  });
});

describe("an address soft-bounces", () => {
  test.each([
    ["three within seven days", [1, 4, 8], true],
    ["three within a little more than seven days", [1, 4, 8.001], false],
    ["two", [1, 2], false],
    ["three with a delivery in between", [1, 2, -3, 4], false],
    ["three behind a delivery", [-1, 2, 3, 4], true],
    ["three before a delivery", [1, 2, 3, -4], false],
    ["three at the moment of a delivery", [3, 3, 3, -3], false],
    ["three near each other among others", [1, 20, 21, 22, 40], true],
    ["many that are far apart", [1, 9, 17, 25, 33], false],
  ] as const)("by %s: %j", (_, days, expected) => {
    expect(isSoftBouncing(onDays(...days), rule)).toBe(expected);
  });

  test("by messages, not by reports", () => {
    const told = [1, 2, 3].map((at) => ({ messageId: "m", at }));
    expect(isSoftBouncing(after(told), rule)).toBe(false);
  });

  test("by the first one, where the rule says so", () => {
    expect(isSoftBouncing(onDays(1), { count: 1, days: 1 })).toBe(true);
    expect(isSoftBouncing(nothingTold, { count: 1, days: 1 })).toBe(false);
  });
});

describe("what follows", () => {
  test("is nothing where nothing is new, so that a release holds against what is told again", () => {
    expect(verdictOf(onDays(1, 2, 3), onDays(1, 2, 3), rule)).toBeUndefined();
    expect(verdictOf(onDays(1), onDays(1, 2), rule)).toBeUndefined();
  });

  test("is that a suppression comes with another one, and goes with a delivery", () => {
    expect(verdictOf(onDays(1, 2), onDays(1, 2, 3), rule)).toBe("suppress");
    expect(verdictOf(onDays(1, 2, 3), onDays(1, 2, 3, 4), rule)).toBe("suppress");
    expect(verdictOf(onDays(1, 2, 3), onDays(1, 2, 3, -3), rule)).toBe("lift");
  });
});

describe("the rule", () => {
  test("is three within seven days, the policy's own, or none", () => {
    expect(softBounceRule(undefined)).toEqual({ count: 3, days: 7 });
    expect(softBounceRule({})).toEqual({ count: 3, days: 7 });
    expect(softBounceRule({ softBounces: { count: 5, days: 2 } })).toEqual({ count: 5, days: 2 });
    expect(softBounceRule({ softBounces: { count: 0, days: 7 } })).toBeUndefined();
  });

  test("is for what leaves the house", () => {
    expect([canSoftBounce("email"), canSoftBounce("sms"), canSoftBounce("in_app")]).toEqual([true, true, false]);
  });
});
