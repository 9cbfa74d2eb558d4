import v8 from "node:v8";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PartitionOffsets } from "./partition-offsets.ts";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: unknown = vm.runInNewContext("gc");

function heapBytes(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  return v8.getHeapStatistics().used_heap_size;
}

type Step = { kind: "take"; gap: number } | { kind: "settle"; pick: number } | { kind: "pass"; by: number };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("take" as const), gap: fc.nat(3) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("settle" as const), pick: fc.nat(1000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const), by: fc.integer({ min: -5, max: 5 }) }) },
  ),
  { maxLength: 300 },
);

/** The same by going through all that was ever taken. */
class Reference {
  next: bigint | undefined;
  readonly taken = new Map<bigint, boolean>();

  get committable(): bigint | undefined {
    const open = [...this.taken].flatMap(([offset, settled]) => (settled ? [] : [offset]));
    return open.reduce((low, offset) => (low === undefined || offset < low ? offset : low), open[0]) ?? this.next;
  }
}

describe("the offsets of a partition", () => {
  test("are none before the first record, so nothing is committed", () => {
    const offsets = new PartitionOffsets();
    expect([offsets.next, offsets.committable, offsets.has(0n)]).toEqual([undefined, undefined, false]);
  });

  test("are committed behind the lowest that is not settled, whatever settles in front of it", () => {
    const offsets = new PartitionOffsets();
    const settle = [5n, 6n, 7n, 8n].map((offset) => offsets.take(offset));
    expect([offsets.next, offsets.committable]).toEqual([9n, 5n]);
    settle[3]?.();
    settle[1]?.();
    expect(offsets.committable).toBe(5n);
    settle[0]?.();
    expect(offsets.committable).toBe(7n);
    settle[2]?.();
    expect(offsets.committable).toBe(9n);
  });

  test("pass over gaps, as there are where a transaction ended", () => {
    const offsets = new PartitionOffsets();
    const first = offsets.take(10n);
    const second = offsets.take(17n);
    first();
    expect(offsets.committable).toBe(17n);
    second();
    expect(offsets.committable).toBe(18n);
    offsets.passTo(25n);
    expect([offsets.next, offsets.committable]).toEqual([25n, 25n]);
    offsets.passTo(20n);
    expect(offsets.next).toBe(25n);
  });

  test("that nothing was taken of are committed as passed, and not past what is open", () => {
    const offsets = new PartitionOffsets();
    offsets.passTo(3n);
    expect(offsets.committable).toBe(3n);
    const settle = offsets.take(3n);
    offsets.passTo(9n);
    expect(offsets.committable).toBe(3n);
    settle();
    expect(offsets.committable).toBe(9n);
  });

  test("know what was read before, and what was passed over", () => {
    const offsets = new PartitionOffsets();
    offsets.take(4n);
    expect([offsets.has(3n), offsets.has(4n), offsets.has(5n)]).toEqual([true, true, false]);
    offsets.passTo(7n);
    expect([offsets.has(6n), offsets.has(7n)]).toEqual([true, false]);
  });

  test("settled a second time change nothing", () => {
    const offsets = new PartitionOffsets();
    const [first, second] = [offsets.take(0n), offsets.take(1n)];
    first();
    first();
    expect(offsets.committable).toBe(1n);
    second();
    second();
    first();
    expect(offsets.committable).toBe(2n);
  });

  test("do as a reference does that keeps all", () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(0n, 3n, 2n ** 53n + 1n), (given, start) => {
        const offsets = new PartitionOffsets();
        const reference = new Reference();
        const open: { offset: bigint; settle: () => void }[] = [];
        const apply = (step: Step): void => {
          if (step.kind === "take") {
            const offset = (reference.next ?? start) + BigInt(step.gap);
            open.push({ offset, settle: offsets.take(offset) });
            reference.taken.set(offset, false);
            reference.next = offset + 1n;
          } else if (step.kind === "pass") {
            const next = (reference.next ?? start) + BigInt(step.by);
            offsets.passTo(next);
            if (reference.next === undefined || next > reference.next) reference.next = next;
          } else {
            const [picked] = open.splice(step.pick % Math.max(1, open.length), 1);
            picked?.settle();
            if (picked !== undefined) reference.taken.set(picked.offset, true);
          }
        };
        for (const step of given) {
          apply(step);
          expect([offsets.next, offsets.committable]).toEqual([reference.next, reference.committable]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("do as the reference also over thousands, of which the oldest stays open for long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 3000 }), (count, window) => {
        const offsets = new PartitionOffsets();
        const settles = Array.from({ length: count }, (_, index) => offsets.take(BigInt(index)));
        // In blocks from behind, so that each block's first comes last.
        for (let from = 0; from < count; from += window) {
          for (const settle of settles.slice(from, from + window).reverse()) {
            expect(offsets.committable).toBe(BigInt(from));
            settle();
          }
        }
        expect(offsets.committable).toBe(BigInt(count));
      }),
      { numRuns: 30 },
    );
  });

  test("of 100,000 records take no more memory than those that are open", () => {
    const offsets = new PartitionOffsets();
    const open: (() => void)[] = [];
    const run = (from: number, to: number): void => {
      for (let offset = from; offset < to; offset += 1) {
        open.push(offsets.take(BigInt(offset)));
        // Pairs change places, so that what settles is not in order.
        if (open.length < 1000) continue;
        const [first, second] = open.splice(0, 2);
        second?.();
        first?.();
      }
    };
    run(0, 10_000);
    const before = heapBytes();
    run(10_000, 110_000);
    // They would be some 8 MB.
    expect(heapBytes() - before).toBeLessThan(1_500_000);
    for (const settle of open) settle();
    expect(offsets.committable).toBe(110_000n);
  });
});

describe("one offset that is never settled", () => {
  test("is passed once very many are behind it, so that memory is bounded and the rest is committed", () => {
    const offsets = new PartitionOffsets();
    offsets.take(0n);
    for (let offset = 1n; offset <= 250_000n; offset += 1n) {
      const settled = offsets.take(offset);
      if (offset % 1000n !== 0n) settled();
      if (offset < 100_000n) expect(offsets.committable).toBe(0n);
    }
    expect(offsets.committable).toBeGreaterThanOrEqual(150_000n);
  });
});
