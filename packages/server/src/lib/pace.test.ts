import { describe, expect, test } from "vitest";
import { Pace } from "./pace.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** A pace of at most 50 ms, and a line whose length the test sets. */
function bench() {
  const clock = new SimulatedClock(0);
  const pace = new Pace(clock, 50);
  const line = { length: 10 };
  const wait = (withAhead: boolean): { over: () => boolean } => {
    let over = false;
    const waited = pace.wait(() => line.length > 5, withAhead ? () => line.length : undefined);
    if (waited === undefined) over = true;
    else void waited.then(() => (over = true));
    return { over: () => over };
  };
  const rest = (ms: number) => clock.settleTo(clock.now() + ms);
  return { line, wait, rest };
}

describe("a stage that waits for the next one", () => {
  test("waits for nothing where there is room, and no longer than until there is", async () => {
    const { line, wait, rest } = bench();
    const first = wait(false);
    await rest(10);
    expect(first.over()).toBe(false);
    line.length = 5;
    await rest(4);
    expect(first.over()).toBe(true);
    expect(wait(false).over()).toBe(true);
  });

  test("goes on after its time, whatever is ahead", async () => {
    const { wait, rest } = bench();
    const stuck = [wait(false), wait(true)];
    await rest(48);
    expect(stuck.map((one) => one.over())).toEqual([false, false]);
    await rest(6);
    expect(stuck.map((one) => one.over())).toEqual([true, true]);
  });

  test("waits on for as long as what is ahead becomes less", async () => {
    const { line, wait, rest } = bench();
    const one = wait(true);
    for (line.length = 9; line.length > 6; line.length -= 1) {
      await rest(40);
      expect(one.over()).toBe(false);
    }
    await rest(40);
    expect(one.over()).toBe(false);
    await rest(60);
    expect(one.over()).toBe(true);
  });
});
