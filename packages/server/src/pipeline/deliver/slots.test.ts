import { lanes } from "@tidings/contract/words";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OverflowDelays } from "./overflow.ts";
import { Slots } from "./slots.ts";

describe("places for messages under way", () => {
  test("are shared so that there is room for what is more urgent", () => {
    const slots = new Slots(100);
    expect(lanes.map((lane) => slots.free(lane))).toEqual([100, 95, 85]);
    slots.take(85);
    expect(lanes.map((lane) => slots.free(lane))).toEqual([15, 10, 0]);
    slots.take(15);
    expect(lanes.map((lane) => slots.free(lane))).toEqual([0, 0, 0]);
    slots.release(100);
    expect(slots.taken).toBe(0);
  });

  test.each([1, 2, 5])("of %d let every lane have one while none is taken", (max) => {
    const slots = new Slots(max);
    for (const lane of lanes) expect(slots.free(lane)).toBeGreaterThanOrEqual(1);
    slots.take(max);
    for (const lane of lanes) expect(slots.free(lane)).toBe(0);
  });

  test("are never more than there are, whoever takes all that is free", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.array(fc.tuple(fc.constantFrom(...lanes), fc.nat(500)), { maxLength: 30 }),
        (max, steps) => {
          const slots = new Slots(max);
          for (const [lane, release] of steps) {
            slots.take(slots.free(lane));
            expect(slots.taken).toBeLessThanOrEqual(max);
            slots.release(Math.min(release, slots.taken));
          }
        },
      ),
    );
  });
});

describe("how long what finds a full buffer is put off", () => {
  /** Delays without jitter for one message a second. */
  const delaysAt = (delays: OverflowDelays, times: readonly number[]) => times.map((at) => delays.next("a", at, 0));

  test("doubles while the buffer stays full, up to its bound", () => {
    const delays = new OverflowDelays(1000, 8000);
    const seconds = Array.from({ length: 120 }, (_, index) => index * 1000);
    const found = delaysAt(delays, seconds);
    expect([...new Set(found)]).toEqual([1000, 2000, 4000, 8000]);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
  });

  test("begins anew once nothing was put off for longer than it said", () => {
    const delays = new OverflowDelays(1000, 8000);
    expect(delaysAt(delays, [0, 0, 1999, 2000, 6000])).toEqual([1000, 1000, 1000, 2000, 4000]);
    expect(delays.next("a", 6000 + 8000 + 4000, 0)).toBe(1000);
  });

  test("is each destination's own", () => {
    const delays = new OverflowDelays(1000, 8000);
    delaysAt(delays, [0, 2000, 6000]);
    expect(delays.next("b", 6000, 0)).toBe(1000);
  });

  test("is spread over twice the delay, never shorter", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true }), (jitter) => {
        const delayMs = new OverflowDelays(1000, 8000).next("a", 5, jitter);
        expect(delayMs).toBeGreaterThanOrEqual(1000);
        expect(delayMs).toBeLessThanOrEqual(2000);
        expect(Number.isInteger(delayMs)).toBe(true);
      }),
    );
  });

  test("keeps a bounded memory of destinations", () => {
    const delays = new OverflowDelays(1000, 8000);
    for (let index = 0; index < 25_000; index += 1) expect(delays.next(`host ${index}`, 0, 0)).toBe(1000);
  });
});
