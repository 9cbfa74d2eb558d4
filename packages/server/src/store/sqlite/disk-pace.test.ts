import { describe, expect, test } from "vitest";
import { DiskPace } from "./disk-pace.ts";

/** How many of `syncs` are waited for, where each takes so long. */
function waits(pace: DiskPace, syncs: number, ms: number): number {
  let waited = 0;
  for (let sync = 0; sync < syncs; sync += 1) {
    if (!pace.isWaitedFor()) continue;
    waited += 1;
    pace.took(ms);
  }
  return waited;
}

describe("whether a sync is waited for", () => {
  test("always where the disk is quick, after a single one that took long too", () => {
    const pace = new DiskPace();
    expect(waits(pace, 100, 0.5)).toBe(100);
    pace.took(1000);
    expect(waits(pace, 100, 0.5)).toBe(100);
  });

  test("seldom where it is slow, and always again once it has become quick", () => {
    const pace = new DiskPace();
    waits(pace, 10, 5);
    expect(waits(pace, 200, 5)).toBe(10);
    waits(pace, 2000, 0.1);
    expect(waits(pace, 100, 0.1)).toBe(100);
  });
});
