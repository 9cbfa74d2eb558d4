import type { Lane } from "@tidings/contract/words";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AttentionClaim, admit, type Claimant } from "./attention.ts";
import { type AttentionEntry, readEntries } from "./attention-entry.ts";
import { admitText } from "./attention-text.ts";

const claims = fc.array(
  fc.record({
    seconds: fc.integer({ min: 0, max: 400 }),
    lane: fc.constantFrom<Lane>("marketing", "transactional", "critical"),
    category: fc.constantFrom("news", "orders"),
    isHigh: fc.boolean(),
    /** A turn that runs again brings what was there. */
    again: fc.boolean(),
  }),
  { maxLength: 40 },
);
const rules = fc.array(
  fc.record({
    limit: fc.integer({ min: 2, max: 8 }),
    reserve: fc.option(fc.constant(1), { nil: undefined }),
    windowSeconds: fc.integer({ min: 1, max: 120 }),
    over: fc.constantFrom("drop" as const, "defer" as const),
    level: fc.constantFrom("category" as const, "environment" as const),
  }),
  { minLength: 1, maxLength: 3 },
);

test("a message gets the same place, whether what its recipient has got is read or need not be", () => {
  fc.assert(
    fc.property(rules, claims, fc.integer({ min: 3, max: 20 }), (caps, list, entriesMax) => {
      let entries: readonly AttentionEntry[] = [];
      let text = "";
      let now = 0;
      for (const [index, { seconds, lane, category, isHigh, again }] of list.entries()) {
        now = Math.max(now, seconds * 1000);
        const number = again && index > 0 ? index - 1 : index;
        const claimant: Claimant = {
          id: `m-${number}-`,
          at: now,
          channel: "email",
          lane,
          category,
          tenant: "",
          expiresAt: null,
        };
        const claim: AttentionClaim = { caps, isHigh, horizonMs: 1e6, entriesMax, timing: null };
        const known = admit(entries, claimant, claim, now);
        const quick = admitText(text, claimant, claim, now);
        expect(quick.admission).toEqual(known.admission);
        ({ entries } = known);
        ({ text } = quick);
        const counting = (all: readonly AttentionEntry[]) =>
          all.filter(({ countsUntil }) => countsUntil + 60_000 > now);
        expect(counting(readEntries(text))).toEqual(counting(entries));
      }
    }),
    { numRuns: 1000 },
  );
});

test("what counts no more goes from the front, unread", () => {
  const claim: AttentionClaim = {
    caps: [{ limit: 50, windowSeconds: 10, over: "drop", level: "category" }],
    isHigh: false,
    horizonMs: 1e6,
    entriesMax: 100,
    timing: null,
  };
  let text = "";
  for (let second = 0; second < 200; second += 1) {
    const at = second * 1000;
    const claimant: Claimant = {
      id: `m${second}-`,
      at,
      channel: "email",
      lane: "marketing",
      category: "news",
      tenant: "",
      expiresAt: null,
    };
    ({ text } = admitText(text, claimant, claim, at));
  }
  expect(readEntries(text).map(({ at }) => at / 1000)).toEqual(Array.from({ length: 70 }, (_, index) => 130 + index));
});
