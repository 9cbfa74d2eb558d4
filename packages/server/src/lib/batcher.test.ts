import { describe, expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

interface Batch {
  items: readonly number[];
  finish: (results?: readonly string[]) => void;
  fail: (error: Error) => void;
}

/** A batcher whose batches end when the test says so. */
function bench(limits: { batchMax: number; openMax: number }) {
  const batches: Batch[] = [];
  const batcher = new Batcher<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, finish: (results) => resolve(results ?? items.map((item) => `r${item}`)), fail: reject });
      }),
    limits,
  );
  return { batcher, batches };
}

describe("batcher", () => {
  test("an idle caller waits for nothing but the turn", async () => {
    const { batcher, batches } = bench({ batchMax: 10, openMax: 1 });
    const result = batcher.submit(1);
    await Promise.resolve();
    expect(batches.map((batch) => batch.items)).toEqual([[1]]);
    batches[0]?.finish();
    expect(await result).toBe("r1");
  });

  test("calls of one turn go together", async () => {
    const { batcher, batches } = bench({ batchMax: 10, openMax: 1 });
    const results = Promise.all([batcher.submit(1), batcher.submit(2)]);
    await Promise.resolve();
    batches[0]?.finish();
    expect(await results).toEqual(["r1", "r2"]);
    expect(batches).toHaveLength(1);
  });

  test("gathers the next batch while one is under way", async () => {
    const { batcher, batches } = bench({ batchMax: 10, openMax: 1 });
    const first = batcher.submit(1);
    await Promise.resolve();
    const rest = [2, 3, 4].map((item) => batcher.submit(item));
    expect(batcher.waiting).toBe(3);
    batches[0]?.finish();
    await first;
    await Promise.resolve();
    batches[1]?.finish();
    expect(await Promise.all(rest)).toEqual(["r2", "r3", "r4"]);
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2, 3, 4]]);
    expect(batcher.waiting).toBe(0);
  });

  test("keeps to its limits of size and number", async () => {
    const { batcher, batches } = bench({ batchMax: 2, openMax: 2 });
    const results = Promise.all([1, 2, 3, 4, 5].map((item) => batcher.submit(item)));
    await Promise.resolve();
    expect(batches.map((batch) => batch.items)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(batcher.waiting).toBe(1);
    batches[1]?.finish();
    batches[0]?.finish();
    while (batches.length < 3) await Promise.resolve();
    batches[2]?.finish();
    expect(await results).toEqual(["r1", "r2", "r3", "r4", "r5"]);
  });

  test("items that come together stay together and are answered together, also where they are more than a batch", async () => {
    const { batcher, batches } = bench({ batchMax: 3, openMax: 1 });
    const results = Promise.all([batcher.submit(1), batcher.submitAll([2, 3, 4, 5]), batcher.submitAll([6, 7])]);
    for (const count of [1, 2, 3]) {
      while (batches.length < count) await Promise.resolve();
      batches[count - 1]?.finish();
    }
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2, 3, 4, 5], [6, 7]]);
    expect(await results).toEqual(["r1", ["r2", "r3", "r4", "r5"], ["r6", "r7"]]);
  });

  test("a batch that fails fails its own callers and no others", async () => {
    const { batcher, batches } = bench({ batchMax: 1, openMax: 2 });
    const results = Promise.allSettled([batcher.submit(1), batcher.submit(2), batcher.submit(3)]);
    await Promise.resolve();
    batches[0]?.fail(new Error("disk"));
    batches[1]?.finish();
    while (batches.length < 3) await Promise.resolve();
    batches[2]?.finish();
    expect((await results).map((result) => result.status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });

  test("a batch that throws at once fails its callers", async () => {
    const batcher = new Batcher<number, string>(
      () => {
        throw new Error("closed");
      },
      { batchMax: 1, openMax: 1 },
    );
    await expect(batcher.submit(1)).rejects.toThrow("closed");
    await expect(batcher.submit(2)).rejects.toThrow("closed");
  });

  test("where a result is missing, nobody can tell whose it is, and all are told so", async () => {
    const { batcher, batches } = bench({ batchMax: 2, openMax: 1 });
    const results = Promise.allSettled([batcher.submit(1), batcher.submit(2)]);
    await Promise.resolve();
    batches[0]?.finish(["r1"]);
    expect((await results).map((result) => result.status)).toEqual(["rejected", "rejected"]);
  });
});
