import { describe, expect, test } from "vitest";
import { Heartbeats } from "./heartbeats.ts";

describe("the age of a heartbeat that a replica shows", () => {
  test("is counted from when it was sent, whatever the database's clock says", () => {
    const heartbeats = new Heartbeats(1000);
    heartbeats.wrote(5_000_000, 10);
    heartbeats.wrote(7_000_000, 60);
    expect([heartbeats.ageOf(5_000_000, 110), heartbeats.ageOf(7_000_000, 110)]).toEqual([100, 50]);
  });

  test("is not known of one that this process did not write, or wrote too long ago", () => {
    const heartbeats = new Heartbeats(1000);
    for (const step of Array.from({ length: 30 }, (_, index) => index)) heartbeats.wrote(step, step * 100);
    expect(heartbeats.ageOf(30, 3000)).toBeUndefined();
    expect(heartbeats.ageOf(18, 2900)).toBeUndefined();
    expect(heartbeats.ageOf(19, 2900)).toBe(1000);
  });

  test("is that of the one under way, or of the first whose answer was lost, where the replica is told before this process", () => {
    const heartbeats = new Heartbeats(1000);
    heartbeats.sends(0);
    expect(heartbeats.ageOf(50, 10)).toBe(10);
    heartbeats.wrote(50, 0);
    expect(heartbeats.ageOf(60, 100)).toBeUndefined();
    heartbeats.sends(100);
    heartbeats.sends(200);
    expect([heartbeats.ageOf(60, 210), heartbeats.ageOf(50, 210), heartbeats.ageOf(40, 210)]).toEqual([
      110,
      210,
      undefined,
    ]);
    heartbeats.wrote(70, 200);
    expect(heartbeats.ageOf(80, 210)).toBeUndefined();
  });

  test("is not known of a forgotten one that is above those after the database's clock was set back", () => {
    const heartbeats = new Heartbeats(1000);
    heartbeats.wrote(9000, 0);
    heartbeats.wrote(100, 5000);
    heartbeats.sends(5100);
    expect(heartbeats.ageOf(9000, 5200)).toBeUndefined();
  });

  test("is that of the older one, where the database's clock was set back and gave a time twice", () => {
    const heartbeats = new Heartbeats(1000);
    heartbeats.wrote(5, 0);
    heartbeats.wrote(4, 100);
    heartbeats.wrote(5, 200);
    expect(heartbeats.ageOf(5, 300)).toBe(300);
  });
});
