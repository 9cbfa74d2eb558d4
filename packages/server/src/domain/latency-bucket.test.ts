import { describe, expect, test } from "vitest";
import { latencyAt, latencyBoundsMs, latencyBucketOf } from "./latency-bucket.ts";

describe("buckets", () => {
  test("end with their bound, begin with 1, and the last has none", () => {
    expect([-5, 0, 10, 11, 500, 501].map(latencyBucketOf)).toEqual([1, 1, 1, 2, 6, 7]);
    expect(latencyBucketOf(86_400_000)).toBe(20);
    expect(latencyBucketOf(86_400_001)).toBe(21);
  });

  test("are what is stored: bounds stay as they are", () => {
    expect([...latencyBoundsMs]).toEqual([
      10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
      3_600_000, 14_400_000, 43_200_000, 86_400_000,
    ]);
  });
});

describe("a share of what was counted", () => {
  const counts = (...entries: [number, number][]) => new Map(entries);

  test("lies within the bucket that it falls in, evenly spread", () => {
    expect(latencyAt(counts([5, 100]), 0.5)).toBe(175);
    expect(latencyAt(counts([5, 50], [4, 50]), 0.5)).toBe(100);
    expect(latencyAt(counts([4, 90], [7, 10]), 0.95)).toBe(750);
  });

  test("of nothing, or of what was not measured, is none", () => {
    expect([latencyAt(new Map(), 0.5), latencyAt(counts([0, 9]), 0.5)]).toEqual([undefined, undefined]);
  });

  test("beyond the last bound is that bound", () => {
    expect(latencyAt(counts([21, 3]), 0.99)).toBe(86_400_000);
  });

  test("is never further from the truth than its bucket is wide", () => {
    const times = Array.from({ length: 500 }, (_, index) => ((index * 7919) % 4000) + 1).sort((a, b) => a - b);
    const found = new Map<number, number>();
    for (const ms of times) found.set(latencyBucketOf(ms), (found.get(latencyBucketOf(ms)) ?? 0) + 1);
    for (const share of [0.5, 0.95, 0.99]) {
      const truth = times[Math.ceil(share * times.length) - 1] ?? 0;
      expect(latencyBucketOf(latencyAt(found, share) ?? 0)).toBe(latencyBucketOf(truth));
    }
  });
});
