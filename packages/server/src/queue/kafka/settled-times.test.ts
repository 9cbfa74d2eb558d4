import v8 from "node:v8";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Offsets, SettledTimes } from "./settled-times.ts";

v8.setFlagsFromString("--expose-gc");
const collectGarbage: unknown = vm.runInNewContext("gc");

function heapBytes(): number {
  if (typeof collectGarbage === "function") collectGarbage();
  return v8.getHeapStatistics().used_heap_size;
}

const offsets = (...given: (number | bigint)[]): Offsets =>
  new Map(given.map((offset, partition) => [partition, BigInt(offset)]));

interface Published {
  at: number;
  settled: boolean;
}

/** A topic that is published to and committed as Kafka does, where time goes on with each step. */
class Topic {
  now = 1;
  partitions: Published[][];
  committed = new Map<number, bigint>();

  constructor(partitions: number) {
    this.partitions = Array.from({ length: partitions }, () => []);
  }

  publish(partition: number): void {
    this.partitions[partition % this.partitions.length]?.push({ at: this.now, settled: false });
  }

  settle(partition: number, pick: number): void {
    const open = this.partitions[partition % this.partitions.length]?.filter(({ settled }) => !settled) ?? [];
    const one = open[pick % Math.max(1, open.length)];
    if (one !== undefined) one.settled = true;
  }

  commit(): void {
    for (const [partition, records] of this.partitions.entries()) {
      const open = records.findIndex(({ settled }) => !settled);
      this.committed.set(partition, BigInt(open < 0 ? records.length : open));
    }
  }

  makeAnew(partitions: number): void {
    this.partitions = Array.from({ length: partitions }, () => []);
    // Kafka forgets with a topic what groups have committed of it.
    this.committed.clear();
  }

  get ends(): Offsets {
    return offsets(...this.partitions.map(({ length }) => length));
  }

  get oldestOpenAt(): number {
    return Math.min(...this.partitions.flat().flatMap(({ at, settled }) => (settled ? [] : [at])));
  }
}

type Step =
  | { kind: "publish" | "settle"; partition: number; pick: number; count: number }
  | { kind: "commit" | "look" }
  | { kind: "anew"; partitions: number };

const partition = fc.nat(3);
const count = fc.integer({ min: 1, max: 5 });
const calm: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constantFrom("publish" as const, "settle" as const), partition, pick: fc.nat(20), count }),
  fc.record({ kind: fc.constantFrom("commit" as const, "look" as const, "look" as const) }),
];
const anew: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("anew" as const),
  partitions: fc.integer({ min: 1, max: 4 }),
});

function apply(topic: Topic, step: Step): void {
  topic.now += 1;
  if (step.kind === "commit") topic.commit();
  if (step.kind === "anew") topic.makeAnew(step.partitions);
  for (let times = 0; "count" in step && times < step.count; times += 1) {
    if (step.kind === "publish") topic.publish(step.partition);
    else topic.settle(step.partition, step.pick);
  }
}

describe("the moment up to which a topic is settled", () => {
  test("is none before what a look saw at the end has been committed", () => {
    const times = new SettledTimes();
    expect(times.look(100, offsets(5, 3), offsets())).toBe(0);
    expect(times.look(200, offsets(6, 3), offsets(5, 2))).toBe(0);
    expect(times.look(300, offsets(6, 3), offsets(5, 3))).toBe(100);
    expect(times.look(400, offsets(9, 9), offsets(6, 3))).toBe(300);
    expect(times.look(500, offsets(9, 9), offsets(6, 4))).toBe(300);
    expect(times.look(600, offsets(9, 9), offsets(9, 9))).toBe(600);
  });

  test("is now where nothing was ever published, also where nothing was committed", () => {
    const times = new SettledTimes();
    expect(times.look(100, offsets(0, 0), offsets())).toBe(100);
    expect(times.look(200, offsets(0, 1), offsets())).toBe(100);
    expect(times.look(300, offsets(0, 1), offsets(-1, -1))).toBe(100);
    expect(times.look(400, offsets(0, 1), offsets(-1, 1))).toBe(400);
  });

  test("stays where it was when commits go back, as they do where a partition changes hands", () => {
    const times = new SettledTimes();
    expect(times.look(100, offsets(5), offsets(5))).toBe(100);
    expect(times.look(200, offsets(7), offsets(2))).toBe(100);
    expect(times.look(300, offsets(7), offsets(7))).toBe(300);
  });

  test("is that of the last look at a topic that was made anew since, as what it held is gone", () => {
    const times = new SettledTimes();
    times.look(100, offsets(50, 50), offsets(10, 10));
    times.look(200, offsets(60, 50), offsets(10, 10));
    expect(times.look(300, offsets(2, 0), offsets())).toBe(200);
    expect(times.look(400, offsets(2, 0), offsets(1, 0))).toBe(200);
    expect(times.look(500, offsets(3, 0), offsets(2, 0))).toBe(400);
  });

  test("does not go back to a look at the topic of before, which ended where the new one is by now", () => {
    const times = new SettledTimes();
    times.look(100, offsets(5), offsets());
    times.look(200, offsets(60), offsets());
    expect(times.look(300, offsets(10), offsets())).toBe(200);
    expect(times.look(400, offsets(10), offsets(5))).toBe(200);
    expect(times.look(500, offsets(10), offsets(10))).toBe(500);
  });

  test("is that of the last look where a partition is gone", () => {
    const times = new SettledTimes();
    times.look(100, offsets(5, 5), offsets(0, 0));
    expect(times.look(200, offsets(5), offsets(0))).toBe(100);
    expect(times.look(300, offsets(5), offsets(4))).toBe(100);
  });

  test("does not count what was committed of the topic of before: it lies behind the end", () => {
    const times = new SettledTimes();
    expect(times.look(100, offsets(50), offsets(50))).toBe(100);
    expect(times.look(200, offsets(3), offsets(50))).toBe(100);
    expect(times.look(300, offsets(4), offsets(50))).toBe(100);
    expect(times.look(400, offsets(4), offsets(3))).toBe(200);
  });

  test("never has something published before it that is there and not settled, and never goes back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.oneof({ weight: 8, arbitrary: fc.oneof(...calm) }, { weight: 1, arbitrary: anew }), {
          maxLength: 400,
        }),
        (partitions, steps) => {
          const topic = new Topic(partitions);
          const times = new SettledTimes();
          let before = 0;
          for (const step of steps) {
            apply(topic, step);
            if (step.kind !== "look") continue;
            const settledBefore = times.look(topic.now, topic.ends, new Map(topic.committed));
            expect(settledBefore).toBeLessThanOrEqual(topic.oldestOpenAt);
            expect(settledBefore).toBeGreaterThanOrEqual(before);
            expect(settledBefore).toBeLessThanOrEqual(topic.now);
            before = settledBefore;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is that of the latest look whose ends are committed, for as long as all looks are remembered", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...calm), { maxLength: 120 }), (steps) => {
        const topic = new Topic(3);
        const times = new SettledTimes();
        const looks: { at: number; ends: Offsets }[] = [];
        let expected = 0;
        for (const step of steps.filter(({ kind }) => kind !== "look" || looks.length < 64)) {
          apply(topic, step);
          if (step.kind !== "look") continue;
          looks.push({ at: topic.now, ends: topic.ends });
          for (const { at, ends } of looks)
            if ([...ends].every(([at, end]) => (topic.committed.get(at) ?? 0n) >= end))
              expected = Math.max(expected, at);
          expect(times.look(topic.now, topic.ends, new Map(topic.committed))).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("is found after any number of looks that nothing was settled in, in bounded memory", () => {
    const times = new SettledTimes();
    const look = (at: number, committed: Offsets): number =>
      times.look(at, offsets(...Array.from({ length: 12 }, () => at)), committed);
    for (let at = 1; at <= 1000; at += 1) look(at, offsets());
    const before = heapBytes();
    for (let at = 1001; at <= 5000; at += 1) expect(look(at, offsets())).toBe(0);
    // They would be some 4 MB.
    expect(heapBytes() - before).toBeLessThan(1_500_000);
    const half = look(5001, offsets(...Array.from({ length: 12 }, () => 2500)));
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThanOrEqual(2500);
    expect(look(5002, offsets(...Array.from({ length: 12 }, () => 5002)))).toBe(5002);
  });
});
