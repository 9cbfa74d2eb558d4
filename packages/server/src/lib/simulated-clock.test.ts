import { describe, expect, test } from "vitest";
import { clockConformance } from "./clock.conformance.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const start = Date.UTC(2026, 0, 1);

clockConformance("simulated", () => {
  const clock = new SimulatedClock(start);
  return { clock, drive: () => clock.advanceTo(clock.now() + 1000) };
});

clockConformance("of a simulated process", () => {
  const clock = new SimulatedClock(start);
  return { clock: clock.fork(), drive: () => clock.advanceTo(clock.now() + 1000) };
});

describe("simulated clock", () => {
  test("stands still until it is moved", () => {
    const clock = new SimulatedClock(start);
    clock.after(0, () => undefined);
    expect(clock.now()).toBe(start);
    expect(clock.pending).toBe(1);
  });

  test("runs timers of one moment in the order in which they were set", () => {
    const clock = new SimulatedClock(start);
    const order: string[] = [];
    clock.after(5, () => order.push("a"));
    clock.after(3, () => clock.after(2, () => order.push("c")));
    clock.after(5, () => order.push("b"));
    clock.advanceTo(start + 5);
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("shows each timer the moment at which it is due", () => {
    const clock = new SimulatedClock(start);
    const seen: number[] = [];
    for (const delayMs of [7, 2.5, 4]) clock.after(delayMs, () => seen.push(clock.now() - start));
    clock.advanceTo(start + 6);
    expect(seen).toEqual([3, 4]);
    expect(clock.now()).toBe(start + 6);
    expect(clock.nextDueAt).toBe(start + 7);
  });

  test("runs the next timer wherever it lies, and says when there is none", () => {
    const clock = new SimulatedClock(start);
    clock.after(86_400_000, () => undefined);
    expect(clock.runNext()).toBe(true);
    expect(clock.now()).toBe(start + 86_400_000);
    expect(clock.runNext()).toBe(false);
  });

  test("does not go back", () => {
    const clock = new SimulatedClock(start);
    clock.advanceTo(start + 10);
    clock.advanceTo(start + 5);
    expect(clock.now()).toBe(start + 10);
  });

  test("drops all timers of one process and leaves those of others", () => {
    const clock = new SimulatedClock(start);
    const crashing = clock.fork();
    const other = clock.fork();
    const ran: string[] = [];
    crashing.after(1, () => ran.push("crashing"));
    other.after(1, () => ran.push("other"));
    clock.after(1, () => ran.push("harness"));
    crashing.drop();
    crashing.after(2, () => ran.push("ghost"));
    expect(clock.pending).toBe(2);
    clock.advanceTo(start + 10);
    expect(ran).toEqual(["other", "harness"]);
  });

  test("a process that drops itself inside a timer runs no further one", () => {
    const clock = new SimulatedClock(start);
    const crashing = clock.fork();
    const ran: number[] = [];
    crashing.after(1, () => {
      ran.push(1);
      crashing.drop();
    });
    crashing.after(1, () => ran.push(2));
    clock.advanceTo(start + 10);
    expect(ran).toEqual([1]);
  });

  test("monotonic time of a process starts with it", () => {
    const clock = new SimulatedClock(start);
    clock.advanceTo(start + 500);
    const process = clock.fork();
    expect(process.monotonic()).toBe(0);
    clock.advanceTo(start + 600);
    expect(process.monotonic()).toBe(100);
    expect(process.now()).toBe(start + 600);
  });

  test("lets promises come to rest between timers when it settles", async () => {
    const clock = new SimulatedClock(start);
    const order: string[] = [];
    clock.after(1, () => {
      void (async () => {
        for (let hop = 0; hop < 50; hop += 1) await Promise.resolve();
        order.push("chain of the first");
        clock.after(1, () => order.push("set by the chain"));
      })();
    });
    clock.after(3, () => order.push("second"));
    await clock.settleTo(start + 3);
    expect(order).toEqual(["chain of the first", "set by the chain", "second"]);
  });

  test("reports a loop that re-arms itself without delay", () => {
    const clock = new SimulatedClock(start);
    const again = (): void => {
      clock.after(0, again);
    };
    again();
    expect(() => clock.advanceTo(start + 1)).toThrow("time stands still");
  });
});
