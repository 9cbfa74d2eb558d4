import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import { openCorner } from "../store/conformance/corner.conformance.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { EmbeddedQueue } from "./embedded.ts";
import { findDue } from "./find-due.ts";
import { queueConformance } from "./queue.conformance.ts";
import type { QueueBench } from "./queue-bench.conformance.ts";
import { workKinds } from "./work-kinds.conformance.ts";

const pollMs = 200;
const itemsMax = 20;

function bare() {
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, 0);
  const store = inProcessStore(database, {
    limits: { turnMs: 1000, turnCallsMax: 1000 },
    monotonic: () => 0,
    schedule: queueMicrotask,
  });
  return { database, store };
}

for (const { topic, work, settle } of workKinds) {
  queueConformance(`embedded, ${topic}`, async (): Promise<QueueBench> => {
    const { database, store } = bare();
    const corner = await openCorner(store);
    const clock = new SimulatedClock(corner.at);
    const faults: unknown[] = [];
    const make = () =>
      new EmbeddedQueue({
        clock,
        findDue: (name, limit) => findDue(store, name, { now: clock.now(), limit, node: "here" }),
        itemsMax,
        pollMs,
        onFault: (_, error) => faults.push(error),
      });
    return {
      topic,
      make,
      itemsMax,
      faults,
      work: (count, tenant = "") => work(corner, count, tenant),
      settle: async (ids) => void (await settle(corner, ids)),
      poll: () => clock.settleTo(clock.now() + pollMs),
      rest: () => clock.settleTo(clock.now()),
      close: async () => database.close(),
    };
  });
}

describe("the embedded queue", () => {
  test("asks the store again at the next poll when a look failed", async () => {
    const clock = new SimulatedClock(0);
    const faults: unknown[] = [];
    const handled: string[] = [];
    let looks = 0;
    const findDueIds = async () => {
      looks += 1;
      if (looks === 1) throw new Error("the store is busy");
      return looks === 2 ? ["a"] : [];
    };
    const queue = new EmbeddedQueue({
      clock,
      findDue: findDueIds,
      itemsMax,
      pollMs,
      onFault: (_, error) => faults.push(error),
    });
    queue.consume("runs.critical", async (given) => void handled.push(...given.map(({ id }) => id)), {
      batchMax: 1,
      concurrency: 1,
    });
    await clock.settleTo(pollMs - 1);
    expect([looks, faults.length]).toEqual([1, 1]);
    await clock.settleTo(pollMs);
    expect(handled).toEqual(["a"]);
    await queue.stop();
  });

  test("looks again at once when it was woken during a look, which may have been too early", async () => {
    const clock = new SimulatedClock(0);
    const looks: ((ids: string[]) => void)[] = [];
    const queue = new EmbeddedQueue({
      clock,
      findDue: () => new Promise((resolve) => looks.push(resolve)),
      itemsMax,
      pollMs,
      onFault: () => {},
    });
    const handled: string[] = [];
    queue.consume("runs.critical", async (given) => void handled.push(...given.map(({ id }) => id)), {
      batchMax: 1,
      concurrency: 1,
    });
    queue.wake("runs.critical");
    expect(looks).toHaveLength(1);
    looks[0]?.([]);
    await clock.settleTo(0);
    expect(looks).toHaveLength(2);
    looks[1]?.(["a"]);
    await clock.settleTo(0);
    expect(handled).toEqual(["a"]);
    await queue.stop();
  });

  test("does not look while more than half of its room is taken", async () => {
    const clock = new SimulatedClock(0);
    let looks = 0;
    const queue = new EmbeddedQueue({
      clock,
      findDue: async () => {
        looks += 1;
        return [];
      },
      itemsMax: 4,
      pollMs,
      onFault: () => {},
    });
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    queue.consume("runs.critical", () => gate, { batchMax: 1, concurrency: 10 });
    await clock.settleTo(0);
    queue.publish("runs.critical", [
      { v: 1, id: "a" },
      { v: 1, id: "b" },
      { v: 1, id: "c" },
    ]);
    const before = looks;
    await clock.settleTo(5 * pollMs);
    expect(looks).toBe(before);
    release();
    await clock.settleTo(6 * pollMs);
    expect(looks).toBeGreaterThan(before);
    await queue.stop();
  });

  test("keeps topics apart: one that is stuck does not hold up another", async () => {
    const { database, store } = bare();
    const corner = await openCorner(store);
    const clock = new SimulatedClock(corner.at);
    const queue = new EmbeddedQueue({
      clock,
      itemsMax,
      pollMs,
      findDue: (name, limit) => findDue(store, name, { now: clock.now(), limit, node: "here" }),
      onFault: () => {},
    });
    let release: () => void = () => {};
    queue.consume(
      "events.marketing",
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
      { batchMax: 1, concurrency: 1 },
    );
    const seen: string[] = [];
    queue.consume("events.critical", async (given) => void seen.push(...given.map(({ id }) => id)), {
      batchMax: 10,
      concurrency: 1,
    });
    await corner.accepted({ lane: "marketing" });
    const urgent = await corner.accepted({ lane: "critical" });
    await clock.settleTo(clock.now() + pollMs);
    expect(new Set(seen)).toEqual(new Set([urgent.id]));
    release();
    await queue.stop();
    database.close();
  });
});
