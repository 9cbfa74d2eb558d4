import { describe, expect, test } from "vitest";
import type { KeyedItem } from "./keyed-lines.ts";
import { KeyedWorkers } from "./keyed-workers.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const item = (key: string, number: number): KeyedItem => ({
  id: `${key}-${number}`,
  key,
  bound: key.split("/")[0] ?? "",
});
const line = (key: string, count: number) => Array.from({ length: count }, (_, index) => item(key, index));

/** A store of due items, and workers whose work ends when the test says so. */
function bench(over: Partial<{ openMax: number; openPerBoundMax: number; heldPerKeyMax: number }> = {}) {
  const clock = new SimulatedClock(0);
  const due: KeyedItem[] = [];
  const started: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const faults: string[] = [];
  const limits = { openMax: 4, openPerBoundMax: 2, heldPerKeyMax: 3, pollMs: 100, ...over };
  let most = 0;
  const workers = new KeyedWorkers<KeyedItem>({
    clock: clock.fork(),
    limits,
    find: async () => {
      const found = new Map<string, KeyedItem[]>();
      for (const one of due) found.set(one.key, [...(found.get(one.key) ?? []), one].slice(0, limits.heldPerKeyMax));
      return [...found.values()].flat();
    },
    work: (one) => {
      started.push(one.id);
      const done = new Promise<void>((resolve, reject) => ends.set(one.id, { resolve, reject }));
      most = Math.max(most, ends.size);
      return done.finally(() => ends.delete(one.id));
    },
    onFault: (id) => faults.push(id),
  });
  const end = async (id: string): Promise<void> => {
    const place = due.findIndex((one) => one.id === id);
    due.splice(place, 1);
    ends.get(id)?.resolve();
    await clock.settleTo(clock.now() + 1);
  };
  return {
    clock,
    due,
    started,
    ends,
    faults,
    workers,
    end,
    most: () => most,
    poll: () => clock.settleTo(clock.now() + 100),
  };
}

describe("workers of lines", () => {
  test("have at most so many under way as a whole and of each bound, and lines take turns", async () => {
    const b = bench();
    b.due.push(...line("a", 3), ...line("b", 3), ...line("c", 3));
    b.workers.start();
    await b.clock.settleTo(1);
    expect(b.started).toEqual(["a-0", "b-0", "c-0", "a-1"]);
    await b.end("a-0");
    expect(b.started.slice(4)).toEqual(["b-1"]);
    expect(b.most()).toBe(4);
  });

  test("a bound that does not move keeps no other from its place, however much of it is due", async () => {
    const b = bench();
    b.due.push(...line("hole/1", 1000), ...line("hole/2", 1000), ...line("good", 20));
    b.workers.start();
    await b.clock.settleTo(1);
    for (let number = 0; number < 20; number += 1) await b.end(`good-${number}`);
    expect(b.started.filter((id) => id.startsWith("good"))).toHaveLength(20);
    expect(b.started.filter((id) => id.startsWith("hole"))).toHaveLength(2);
    expect(new Set(b.started).size).toBe(b.started.length);
  });

  test("take a line to its end without waiting for polls", async () => {
    const b = bench();
    b.due.push(...line("a", 50));
    b.workers.start();
    await b.clock.settleTo(1);
    for (let number = 0; number < 50; number += 1) await b.end(`a-${number}`);
    expect(b.started).toHaveLength(50);
    expect(b.clock.now()).toBeLessThan(100);
  });

  test("look when they are woken, and at each poll", async () => {
    const b = bench();
    b.workers.start();
    await b.clock.settleTo(1);
    b.due.push(item("a", 1));
    b.workers.wake();
    b.workers.wake();
    await b.clock.settleTo(2);
    expect(b.started).toEqual(["a-1"]);
    b.due.push(item("b", 1));
    await b.poll();
    expect(b.started).toEqual(["a-1", "b-1"]);
  });

  test("work that throws comes again with the next poll, not before", async () => {
    const b = bench();
    b.due.push(item("a", 1));
    b.workers.start();
    await b.clock.settleTo(1);
    b.ends.get("a-1")?.reject(new Error("store"));
    await b.clock.settleTo(50);
    b.workers.wake();
    await b.clock.settleTo(60);
    expect([b.started, b.faults]).toEqual([["a-1"], ["a-1"]]);
    await b.poll();
    expect(b.started).toEqual(["a-1", "a-1"]);
  });

  test("stop takes no more and waits for what is under way; twice is safe", async () => {
    const b = bench({ openMax: 1 });
    b.due.push(...line("a", 2));
    b.workers.start();
    await b.clock.settleTo(1);
    let stopped = 0;
    for (const stop of [b.workers.stop(), b.workers.stop()]) void stop.then(() => (stopped += 1));
    await b.clock.settleTo(10);
    expect(stopped).toBe(0);
    await b.end("a-0");
    expect([stopped, b.started]).toEqual([2, ["a-0"]]);
    b.workers.wake();
    await b.poll();
    expect(b.started).toEqual(["a-0"]);
  });
});
