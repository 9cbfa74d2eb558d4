import { describe, expect, test } from "vitest";
import { canonical, digestWith } from "./digest.ts";

const none = "0".repeat(64);
const rows = [
  [1, "a", null],
  [2, "b", null],
  [3, "c\n", ""],
].map(canonical);

describe("the digest of a table", () => {
  test("is the same in whatever order and batches rows come", () => {
    const whole = digestWith(none, rows);
    expect(digestWith(digestWith(none, rows.slice(2)), rows.slice(0, 2).reverse())).toBe(whole);
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
    expect(digestWith(none, [])).toBe(none);
  });

  test("tells null from an empty text, a number from its text, and where one value ends", () => {
    const digests = [[null], [""], [0], ["0"], ["a", "b"], ["ab", ""], ['a","b']].map((row) =>
      digestWith(none, [canonical(row)]),
    );
    expect(new Set(digests).size).toBe(digests.length);
  });
});
