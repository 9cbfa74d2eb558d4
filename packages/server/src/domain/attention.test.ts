import type { Channel, Lane } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttentionClaim, admit, type Cap, type Claimant } from "./attention.ts";
import { type AttentionEntry, readEntries, writeEntries } from "./attention-entry.ts";

const cap = (over: Partial<Cap> = {}): Cap => ({
  limit: 2,
  windowSeconds: 100,
  over: "drop",
  level: "category",
  ...over,
});
const claim = (caps: readonly Cap[], over: Partial<AttentionClaim> = {}): AttentionClaim => ({
  caps,
  isHigh: false,
  horizonMs: 1e9,
  entriesMax: 100,
  timing: null,
  ...over,
});
const claimant = (id: string, seconds: number, over: Partial<Claimant> = {}): Claimant => ({
  id,
  at: seconds * 1000,
  channel: "email",
  lane: "marketing",
  category: "news",
  tenant: "",
  expiresAt: null,
  ...over,
});

/** Claims one after the other; gives what became of each: `sent`, `dropped`, or the second to which it was put off. */
function play(claims: readonly (readonly [Claimant, AttentionClaim])[]): (string | number)[] {
  let entries: readonly AttentionEntry[] = [];
  return claims.map(([asked, given]) => {
    const result = admit(entries, asked, given, asked.at);
    entries = readEntries(writeEntries(result.entries));
    expect(entries).toEqual(result.entries);
    const { admission } = result;
    return admission.outcome === "admitted"
      ? "sent"
      : admission.outcome === "deferred"
        ? admission.at / 1000
        : admission.outcome;
  });
}

describe("a cap", () => {
  test("has places for as many as its limit in a window that slides", () => {
    const own = claim([cap()]);
    const seconds = [0, 50, 99, 100, 149, 150];
    expect(play(seconds.map((second) => [claimant(`${second}`, second), own]))).toEqual([
      "sent",
      "sent",
      "dropped",
      "sent",
      "dropped",
      "sent",
    ]);
  });

  test("that defers gives the first moment with a place, and what waits takes that place", () => {
    const own = claim([cap({ over: "defer" })]);
    expect(play([0, 10, 20, 30, 40, 105].map((second) => [claimant(`${second}`, second), own]))).toEqual([
      "sent",
      "sent",
      100,
      110,
      200,
      210,
    ]);
  });

  test("gives what is over to a digest where one would take it, unless another cap drops it", () => {
    const own = claim([cap({ over: "digest", limit: 1 })]);
    const gathered = { mayGather: true };
    expect(
      play([
        [claimant("a", 0, gathered), own],
        [claimant("b", 1, gathered), own],
        [claimant("c", 2), own],
        [claimant("d", 3, gathered), claim([...own.caps, cap({ limit: 1, level: "environment" })])],
      ]),
    ).toEqual(["sent", "gathered", 100, "dropped"]);
  });

  test("drops what would wait beyond the horizon or its expiry", () => {
    const own = claim([cap({ over: "defer", limit: 1 })], { horizonMs: 90_000 });
    expect(
      play([
        [claimant("a", 0), own],
        [claimant("b", 5), own],
        [claimant("c", 20, { expiresAt: 100_000 }), own],
        [claimant("d", 20), own],
      ]),
    ).toEqual(["sent", "dropped", "dropped", 100]);
  });

  test("does not wait until a moment in quiet hours", () => {
    const rules = { quietHours: { recipient: { from: "00:01", to: "00:05" } }, sendWindow: undefined };
    const own = claim([cap({ over: "defer" })], { timing: { rules, zone: "UTC" } });
    expect(play([0, 10, 20, 30].map((second) => [claimant(`${second}`, second), own]))).toEqual([
      "sent",
      "sent",
      300,
      300,
    ]);
  });

  test("counts a message once, and gives one that comes again what it got", () => {
    const own = claim([cap({ over: "defer", limit: 1 })]);
    expect(
      play([
        [claimant("a", 0), own],
        [claimant("a", 0), own],
        [claimant("b", 1), own],
        [claimant("b", 1), own],
        [claimant("c", 2), own],
      ]),
    ).toEqual(["sent", "sent", 100, 100, 200]);
  });

  test("never holds back what is critical, which takes places from the others", () => {
    const own = claim([cap()]);
    const critical = { lane: "critical" } as const;
    expect(
      play([
        [claimant("a", 0, critical), own],
        [claimant("b", 1, critical), own],
        [claimant("c", 2, critical), own],
        [claimant("d", 3), own],
      ]),
    ).toEqual(["sent", "sent", "sent", "dropped"]);
  });

  test("keeps its reserve for what matters", () => {
    const ordinary = claim([cap({ limit: 3, reserve: 1 })]);
    const high = claim([cap({ limit: 3, reserve: 1 })], { isHigh: true });
    expect(
      play([
        [claimant("a", 0), ordinary],
        [claimant("b", 1), ordinary],
        [claimant("c", 2), ordinary],
        [claimant("d", 3), high],
        [claimant("e", 4), high],
      ]),
    ).toEqual(["sent", "sent", "dropped", "sent", "dropped"]);
    const wide = claim([cap({ limit: 2, reserve: 1, level: "environment" })]);
    expect(
      play([
        [claimant("a", 0), wide],
        [claimant("b", 1), wide],
        [claimant("c", 2, { lane: "transactional" }), wide],
      ]),
    ).toEqual(["sent", "dropped", "sent"]);
  });

  test("counts its own category, tenant and channels", () => {
    const once = (over: Partial<Cap>) => claim([cap({ limit: 1, ...over })]);
    const second = (own: AttentionClaim, over: Partial<Claimant>) =>
      play([
        [claimant("a", 0), own],
        [claimant("b", 1, over), own],
      ])[1];
    expect(second(once({}), { category: "other" })).toBe("sent");
    expect(second(once({ level: "environment" }), { category: "other", tenant: "t" })).toBe("dropped");
    expect(second(once({ level: "tenant" }), { category: "other" })).toBe("dropped");
    expect(second(once({ level: "tenant" }), { tenant: "t" })).toBe("sent");
    expect(second(once({ channels: ["email"] }), { channel: "sms" })).toBe("sent");
    expect(second(once({ channels: ["email", "sms"] }), { channel: "sms" })).toBe("dropped");
  });

  test("of several that have no place, one that drops decides", () => {
    const own = claim([cap({ limit: 1, over: "defer" }), cap({ limit: 1, over: "drop", windowSeconds: 50 })]);
    expect(
      play([
        [claimant("a", 0), own],
        [claimant("b", 10), own],
        [claimant("c", 60), own],
      ]),
    ).toEqual(["sent", "dropped", 100]);
  });

  test("holds in every window, whatever claims, in whatever order of time", () => {
    const caps = fc.array(
      fc.record({
        limit: fc.integer({ min: 1, max: 4 }),
        windowSeconds: fc.integer({ min: 1, max: 60 }),
        over: fc.constantFrom("drop" as const, "defer" as const),
        level: fc.constantFrom("category" as const, "environment" as const),
        channels: fc.option(fc.constant<Channel[]>(["sms"]), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const asked = fc.array(
      fc.record({
        seconds: fc.integer({ min: 0, max: 200 }),
        channel: fc.constantFrom<Channel>("email", "sms"),
        lane: fc.constantFrom<Lane>("marketing", "transactional"),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(caps, asked, (given, list) => {
        let entries: readonly AttentionEntry[] = [];
        const made: AttentionEntry[] = [];
        for (const [index, { seconds, ...over }] of list.entries()) {
          const result = admit(entries, claimant(`m${index}`, seconds, over), claim(given), 0);
          ({ entries } = result);
          if (result.admission.outcome !== "dropped") made.push(...entries.slice(-1));
        }
        for (const each of given) {
          const counted = made.filter(({ channel }) => each.channels?.includes(channel) ?? true);
          for (const { at } of counted) {
            const inWindow = counted.filter((one) => one.at >= at && one.at < at + each.windowSeconds * 1000);
            expect(inWindow.length).toBeLessThanOrEqual(each.limit);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("what is remembered of a recipient", () => {
  test("goes when no cap counts it any more", () => {
    const own = claim([cap({ windowSeconds: 10 })]);
    const first = admit([], claimant("a", 0), own, 0).entries;
    expect(admit(first, claimant("b", 60), own, 60_000).entries).toHaveLength(2);
    expect(admit(first, claimant("b", 70), own, 70_000).entries).toMatchObject([{ id: "b" }]);
  });

  test("is bounded: of what is critical the latest is kept, and what there is no room for is over", () => {
    const own = claim([cap({ limit: 100 })], { entriesMax: 5 });
    let entries: readonly AttentionEntry[] = [];
    for (const id of ["a", "b", "c"]) ({ entries } = admit(entries, claimant(id, 0), own, 0));
    for (const id of ["d", "e", "f", "g"])
      ({ entries } = admit(entries, claimant(id, 1, { lane: "critical" }), own, 1000));
    expect(entries.map(({ id }) => id)).toEqual(["a", "b", "c", "f", "g"]);
    for (const id of ["h", "i"]) ({ entries } = admit(entries, claimant(id, 2), own, 2000));
    expect(entries.map(({ id }) => id)).toEqual(["a", "b", "c", "h", "i"]);
    expect(admit(entries, claimant("j", 3), own, 3000).admission.outcome).toBe("dropped");
  });

  test("that cannot be read is a fault", () => {
    expect(() => readEntries("a 1 2 99 1 0 c ")).toThrow("an entry of attention cannot be read");
  });
});
