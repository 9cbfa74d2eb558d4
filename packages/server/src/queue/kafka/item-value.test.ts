import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdSource } from "../../lib/ids.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { itemOf, itemValue, partitionOf } from "./item-value.ts";

const encoded = (text: string): Buffer => Buffer.from(text, "utf8");

describe("an item as a record's value", () => {
  test("comes back as it was, with its trace or without", () => {
    const plain = { v: 1 as const, id: "01890a5d-ac96-874b-8c3f-000000000001" };
    const traced = { ...plain, trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
    expect(itemOf(encoded(itemValue(plain)))).toStrictEqual(plain);
    expect(itemOf(encoded(itemValue(traced)))).toStrictEqual(traced);
  });

  test("comes back whatever characters are in it", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(text, fc.option(text, { nil: undefined }), (id, trace) => {
        const item = trace === undefined ? { v: 1 as const, id } : { v: 1 as const, id, trace };
        expect(itemOf(encoded(itemValue(item)))).toStrictEqual(item);
      }),
      { numRuns: 100 },
    );
  });

  test("carries nothing but version, id and trace", () => {
    const item = { v: 1 as const, id: "a", to: "ada@example.com" };
    expect(JSON.parse(itemValue(item))).toStrictEqual({ v: 1, id: "a" });
  });

  test("with more in it than is known here is taken for what is known", () => {
    expect(itemOf(encoded('{"v":1,"id":"a","trace":5,"later":true}'))).toStrictEqual({ v: 1, id: "a" });
  });

  test.each([
    ["another version", '{"v":2,"id":"a"}'],
    ["a version as text", '{"v":"1","id":"a"}'],
    ["no version", '{"id":"a"}'],
    ["no id", '{"v":1}'],
    ["an id that is a number", '{"v":1,"id":7}'],
    ["a list", '[{"v":1,"id":"a"}]'],
    ["null", "null"],
    ["a number", "1"],
    ["no JSON", '{"v":1,"id":"a"'],
    ["nothing", ""],
  ])("that is %s is none", (_what, text) => {
    expect(itemOf(encoded(text))).toBeUndefined();
  });

  test("that is a tombstone, or bytes of anything, is none", () => {
    expect(itemOf(null)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(itemOf(Buffer.from(bytes))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe("an item's partition", () => {
  test.each([2, 3, 6, 7, 12, 30])("spreads ids evenly over %i", (partitions) => {
    const random = new SeededRandom(partitions);
    const ids = new IdSource(
      () => 1_764_000_000_000,
      (length) => random.bytes(length),
    );
    const expected = 2000;
    const counts = Array.from({ length: partitions }, () => 0);
    for (let made = 0; made < expected * partitions; made += 1) {
      const partition = partitionOf(ids.next(), partitions);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The mean is partitions - 1, with a deviation of sqrt(2 (partitions - 1)): far out, and the seed is fixed.
    expect(chiSquare).toBeLessThan(partitions - 1 + 5 * Math.sqrt(2 * (partitions - 1)));
  });

  test("is the same each time, and in range for ids of any shape", () => {
    const odd = fc.oneof(
      fc.string(),
      fc.uuid(),
      fc.constantFrom("", "-1", "-7", "a--5", "-ffffff", "0x1f", "zz", "1e9"),
    );
    fc.assert(
      fc.property(odd, fc.integer({ min: 1, max: 1000 }), (id, partitions) => {
        const partition = partitionOf(id, partitions);
        expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
        expect(partitionOf(id, partitions)).toBe(partition);
      }),
      { numRuns: 500 },
    );
  });
});
