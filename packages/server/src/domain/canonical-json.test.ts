import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

/** The same value with the members of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reordered(member)]),
  );
}

describe("canonical JSON", () => {
  test("is the same for equal values, and parses to the value that it was made from", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = canonicalJson(value);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(canonicalJson(reordered(plain))).toBe(text);
        expect(JSON.parse(text)).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test("differs for values that differ", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const plain = [a, b].map((value): unknown => JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(plain[0]) === canonicalJson(plain[1])).toBe(isDeepStrictEqual(plain[0], plain[1]));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [{ b: 1, a: { d: [1, "x", null], c: true } }, '{"a":{"c":true,"d":[1,"x",null]},"b":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[undefined, 1], "[null,1]"],
    [{ é: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"é":1}'],
    ["a\u2028\n", JSON.stringify("a\u2028\n")],
    [1.5, "1.5"],
    [-0, "0"],
    [1e21, "1e+21"],
    [undefined, "null"],
  ])("writes %j as one text", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test("keeps a member named __proto__ as a member", () => {
    expect(canonicalJson(JSON.parse('{"__proto__":1,"a":2}'))).toBe('{"__proto__":1,"a":2}');
  });
});
