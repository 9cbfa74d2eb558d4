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

  test("asks once per poll which topics have something, and looks at those alone", async () => {
    const clock = new SimulatedClock(0);
    const [looks, asked, faults]: [string[], number[], string[]] = [[], [], []];
    let isAway = true;
    const queue = new EmbeddedQueue({
      clock,
      findDue: async (topic) => {
        looks.push(topic);
        return [];
      },
      openAmong: async (topics) => {
        asked.push(topics.length);
        if (isAway) throw new Error("the store is away");
        return topics.filter((topic) => topic === "runs.marketing");
      },
      itemsMax,
      pollMs,
      onFault: (topic) => faults.push(topic),
    });
    for (const topic of ["runs.critical", "runs.marketing", "events.critical"] as const)
      queue.consume(topic, async () => {}, { batchMax: 1, concurrency: 1 });
    await clock.settleTo(pollMs - 1);
    // All of them as it begins.
    expect(looks.splice(0)).toHaveLength(3);
    await clock.settleTo(pollMs);
    expect([looks.length, asked, faults]).toEqual([0, [3], ["runs.critical"]]);
    isAway = false;
    await clock.settleTo(3 * pollMs);
    expect([looks, asked, faults.length]).toEqual([["runs.marketing", "runs.marketing"], [3, 3, 3], 1]);
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

describe("an item that is offered", () => {
  const topic = "runs.critical";

  function bench(options = { batchMax: 1, concurrency: 2 }) {
    const clock = new SimulatedClock(0);
    const underWay: { ids: string[]; acknowledge: (id: string) => void; end: (error?: Error) => void }[] = [];
    const told: string[] = [];
    const due: string[] = [];
    const queue = new EmbeddedQueue({ clock, findDue: async () => due, itemsMax: 4, pollMs, onFault: () => {} });
    const start = () =>
      queue.consume(
        topic,
        (given, acknowledge) =>
          new Promise((resolve, reject) => {
            underWay.push({
              ids: given.map(({ id }) => id),
              acknowledge: (id) => given.filter((item) => item.id === id).forEach(acknowledge),
              end: (error) => (error === undefined ? resolve() : reject(error)),
            });
          }),
        options,
      );
    const offer = (id: string, who = "") =>
      queue.offer(topic, { v: 1, id }, (settled) => told.push(`${who}${id} ${settled}`));
    const rest = () => clock.settleTo(clock.now());
    return { clock, queue, underWay, told, due, start, offer, rest };
  }

  test("has no place where its topic is not consumed", () => {
    const { offer, told } = bench();
    expect([offer("a"), told]).toEqual([false, []]);
  });

  test("is handled at once, and whoever offered it is told once when it is settled, not before", async () => {
    const { queue, underWay, told, start, offer, rest } = bench();
    start();
    await rest();
    expect(offer("a")).toBe(true);
    await rest();
    expect([underWay.map(({ ids }) => ids), queue.depth(topic), told]).toEqual([[["a"]], 1, []]);
    underWay[0]?.end();
    await rest();
    expect([told, queue.depth(topic)]).toEqual([["a true"], 0]);
    await queue.stop();
    expect(told).toEqual(["a true"]);
  });

  test("is told of as soon as its handler acknowledges it, and not again when that ends or throws", async () => {
    const { queue, underWay, told, start, offer, rest } = bench({ batchMax: 2, concurrency: 1 });
    start();
    await rest();
    offer("first");
    await rest();
    // What comes in one turn is handled together.
    for (const id of ["a", "b"]) offer(id);
    underWay[0]?.end();
    await rest();
    expect(underWay[1]?.ids).toEqual(["a", "b"]);
    underWay[1]?.acknowledge("b");
    underWay[1]?.acknowledge("b");
    expect(told).toEqual(["first true", "b true"]);
    underWay[1]?.end(new Error("the store is away"));
    await rest();
    expect(told).toEqual(["first true", "b true", "a false"]);
    await queue.stop();
  });

  test("is handled together with those of the same turn", async () => {
    const { queue, underWay, start, offer, rest } = bench({ batchMax: 10, concurrency: 2 });
    start();
    await rest();
    for (const id of ["a", "b", "c"]) offer(id);
    await rest();
    expect(underWay.map(({ ids }) => ids)).toEqual([["a", "b", "c"]]);
    const stopped = queue.stop();
    for (const { end } of underWay) end();
    await stopped;
  });

  test("has room until so many are held, handled ones too", async () => {
    const { queue, underWay, told, start, offer, rest } = bench();
    start();
    await rest();
    expect(["a", "b", "c", "d", "e"].map((id) => offer(id))).toEqual([true, true, true, true, false]);
    await rest();
    expect([underWay.length, queue.depth(topic)]).toEqual([2, 4]);
    underWay[0]?.end();
    await rest();
    expect([offer("e"), offer("f"), told]).toEqual([true, false, ["a true"]]);
    const stopped = queue.stop();
    for (const { end } of underWay) end();
    await stopped;
  });

  test("that is held already is handled once, and all are told, also where there is no more room", async () => {
    const { queue, underWay, told, start, offer, rest } = bench();
    start();
    await rest();
    queue.publish(topic, [{ v: 1, id: "a" }]);
    for (const id of ["b", "c", "d"]) offer(id, "1:");
    expect([offer("a", "1:"), offer("c", "2:"), offer("c", "3:"), offer("e")]).toEqual([true, true, true, false]);
    expect(queue.depth(topic)).toBe(4);
    for (let place = 0; place < 4; place += 1) {
      underWay[place]?.end(place === 2 ? new Error("the store is away") : undefined);
      await rest();
    }
    expect(underWay.map(({ ids }) => ids)).toEqual([["a"], ["b"], ["c"], ["d"]]);
    expect(told).toEqual(["1:a true", "1:b true", "1:c false", "2:c false", "3:c false", "1:d true"]);
    await queue.stop();
  });

  test("is not handled a second time when a look finds its row, and no longer told of by what comes after", async () => {
    const { clock, queue, underWay, told, due, start, offer, rest } = bench();
    start();
    await rest();
    offer("a");
    due.push("a");
    await clock.settleTo(pollMs);
    expect(underWay).toHaveLength(1);
    due.length = 0;
    underWay[0]?.end();
    await rest();
    queue.publish(topic, [{ v: 1, id: "a" }]);
    underWay[1]?.end();
    await rest();
    expect([underWay.length, told]).toEqual([2, ["a true"]]);
    await queue.stop();
  });

  test("has no place after a stop; what waits is not told of, what is under way is when it ends", async () => {
    const { queue, underWay, told, start, offer, rest } = bench({ batchMax: 1, concurrency: 1 });
    start();
    await rest();
    for (const id of ["a", "b", "c"]) offer(id);
    await rest();
    const stopped = queue.stop();
    expect([offer("d"), offer("a", "2:")]).toEqual([false, false]);
    underWay[0]?.end();
    await stopped;
    expect([underWay.length, told, queue.depth(topic)]).toEqual([1, ["a true"], 0]);
  });
});
