import { describe, expect, test } from "vitest";
import { randomConformance } from "./random.conformance.ts";
import { SeededRandom } from "./seeded-random.ts";

randomConformance("from a seed", () => new SeededRandom(42));

describe("seeded random", () => {
  const draws = (random: SeededRandom) => Array.from({ length: 20 }, () => random.number());

  test("repeats all draws from its seed", () => {
    expect(draws(new SeededRandom(7))).toEqual(draws(new SeededRandom(7)));
    expect(new SeededRandom(7).bytes(33)).toEqual(new SeededRandom(7).bytes(33));
  });

  test("draws differently from every other seed, however near or large", () => {
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, -1];
    expect(new Set(seeds.map((seed) => draws(new SeededRandom(seed)).join())).size).toBe(seeds.length);
  });

  test("refuses a seed that is no whole number", () => {
    expect(() => new SeededRandom(0.5)).toThrow(RangeError);
    expect(() => new SeededRandom(Number.NaN)).toThrow(RangeError);
  });

  test("follows the reference implementation", () => {
    const bytes = new SeededRandom(1).bytes(16);
    expect([0, 4, 8, 12].map((at) => bytes.readUInt32LE(at))).toEqual(referenceWords(1, 4));
  });

  test("whole numbers reach all values below the bound and no other", () => {
    const random = new SeededRandom(3);
    expect([...new Set(Array.from({ length: 500 }, () => random.int(6)))].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("picks only from the list, and not from an empty one", () => {
    const random = new SeededRandom(4);
    const picked = new Set(Array.from({ length: 200 }, () => random.pick(["a", "b", "c"])));
    expect([...picked].sort()).toEqual(["a", "b", "c"]);
    expect(() => random.pick([])).toThrow(RangeError);
  });

  test("chance 0 never and chance 1 always holds", () => {
    const random = new SeededRandom(5);
    const held = (probability: number) => Array.from({ length: 200 }, () => random.chance(probability)).filter(Boolean);
    expect(held(0)).toHaveLength(0);
    expect(held(1)).toHaveLength(200);
  });

  test("a fork draws its own numbers, the same each time", () => {
    const first = new SeededRandom(6);
    const second = new SeededRandom(6);
    const fork = first.fork();
    draws(fork);
    expect(draws(second.fork())).not.toEqual(draws(second));
    expect(draws(first)).not.toEqual(draws(fork));
    expect(draws(new SeededRandom(6).fork())).toEqual(draws(new SeededRandom(6).fork()));
  });
});

/** The same generator over 32-bit words in BigInt, where nothing can overflow unseen. */
function referenceWords(seed: number, count: number): number[] {
  const mask = 0xffffffffn;
  const rotate = (word: bigint, bits: bigint) => ((word << bits) | (word >> (32n - bits))) & mask;
  let mixed = BigInt(seed);
  const next = (): bigint => {
    mixed = (mixed + 0x9e3779b9n) & mask;
    let word = ((mixed ^ (mixed >> 16n)) * 0x21f0aaadn) & mask;
    word = ((word ^ (word >> 15n)) * 0x735a2d97n) & mask;
    return word ^ (word >> 15n);
  };
  let [s0, s1, s2, s3] = [next(), next(), next(), next()];
  return Array.from({ length: count }, () => {
    const result = (rotate((s1 * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (s1 << 9n) & mask;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotate(s3, 11n);
    return Number(result);
  });
}
