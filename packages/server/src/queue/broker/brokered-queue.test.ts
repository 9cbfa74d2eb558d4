import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../lib/seeded-random.ts";
import type { Take } from "./broker.ts";
import { bench, items, named, other, pollMs, topic } from "./brokered-bench.conformance.ts";

describe("what is published to a queue with a broker", () => {
  test("stays in memory where its topic is consumed here and there is room", async () => {
    const { broker, queue, underWay, consume, go, stop } = bench();
    consume();
    queue.publish(topic, items(["a", "b"]));
    await go(0);
    expect(underWay.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
    expect([broker.calls, broker.given]).toEqual([[], []]);
    await stop();
  });

  test("goes to the broker where nobody here consumes it, and nothing where there is nothing", async () => {
    const { broker, hints, queue, consume, go, stop } = bench();
    consume();
    queue.publish(other, items(["a"]));
    queue.publish(other, []);
    await go(10);
    expect([broker.log.get(other), broker.calls, hints]).toEqual([items(["a"]), [`publish ${other}`], []]);
    await stop();
  });

  test("goes to the broker once more than half of the room is taken", async () => {
    const { broker, queue, consume, go, stop } = bench({ itemsMax: 10 });
    consume();
    await go(0);
    queue.publish(topic, items(named(6)));
    expect([queue.depth(topic), broker.log.get(topic)]).toEqual([6, undefined]);
    queue.publish(topic, items(["a", "b"]));
    expect([queue.depth(topic), broker.log.get(topic)]).toEqual([6, items(["a", "b"])]);
    await stop();
  });

  test("goes by the store where the broker is not well: a hint to those who consume it, memory where that is here", async () => {
    const { broker, hints, queue, consume, go, stop } = bench({ itemsMax: 10 });
    consume();
    await go(0);
    broker.isWell = false;
    queue.publish(other, items(["a"]));
    queue.publish(topic, items(named(8)));
    queue.publish(topic, items(["b"]));
    await go(10);
    expect([broker.calls, hints, queue.depth(topic)]).toEqual([[], [`work ${other}`], 9]);
    broker.isWell = true;
    queue.publish(other, items(["c"]));
    expect(broker.log.get(other)).toEqual(items(["c"]));
    await stop();
  });

  test("wakes whoever looks into the store, here or elsewhere", async () => {
    const { hints, queue, consume, go, stop } = bench();
    consume();
    queue.wake(topic);
    queue.wake(other);
    await go(10);
    expect(hints).toEqual([`work ${other}`]);
    await stop();
  });
});

describe("what a broker gives", () => {
  test("is handled, and settled once, when it is and not before", async () => {
    const { broker, queue, underWay, consume, go, stop } = bench();
    broker.publish(topic, items(["a", "b", "c"]));
    consume();
    await go(1);
    expect([underWay.map(({ ids }) => ids), queue.depth(topic), broker.told]).toEqual([[["a"], ["b"]], 3, []]);
    underWay[1]?.end();
    await go(0);
    expect(broker.told).toEqual(["b"]);
    underWay[0]?.end();
    underWay[2]?.end();
    await go(0);
    expect(broker.given.map(({ told }) => told)).toEqual([1, 1, 1]);
    expect(queue.depth(topic)).toBe(0);
    await stop();
  });

  test("twice under one id is handled once, and both are settled", async () => {
    const { broker, queue, underWay, consume, go, stop } = bench();
    broker.publish(topic, items(["a", "b", "a"]));
    consume();
    queue.publish(topic, items(["b"]));
    await go(5);
    expect(underWay.map(({ ids }) => ids).sort()).toEqual([["a"], ["b"]]);
    for (const { end } of underWay) end();
    await go(pollMs);
    expect([underWay.length, broker.told.sort()]).toEqual([2, ["a", "a", "b"]]);
    await stop();
  });

  test("comes again with the next poll where its handler threw, and is not settled before", async () => {
    const { broker, faults, queue, underWay, consume, go, stop } = bench();
    broker.publish(topic, items(["a", "a"]));
    consume();
    await go(1);
    underWay[0]?.end(new Error("the store is away"));
    await go(pollMs - 2);
    expect([underWay.length, broker.told, faults.length]).toEqual([1, [], 1]);
    expect(queue.depth(topic)).toBe(2);
    await go(2);
    expect(underWay.map(({ ids }) => ids)).toEqual([["a"], ["a"]]);
    underWay[1]?.end();
    await go(0);
    expect([broker.told, queue.depth(topic)]).toEqual([["a", "a"], 0]);
    await stop();
  });

  test("of which one fails does not hold up the others", async () => {
    const { broker, consume, go, stop } = bench();
    broker.publish(topic, items([...named(50), "poison"]));
    consume(async ([item]) => {
      if (item?.id === "poison") throw new Error("the store is away");
    });
    await go(50 * pollMs);
    expect(broker.told.sort()).toEqual(named(50).sort());
    await stop();
  });

  test("that one fetch brought is handed over together", async () => {
    const { broker, underWay, consume, go, stop } = bench({
      itemsMax: 40,
      batch: 20,
      options: { batchMax: 50, concurrency: 50 },
    });
    broker.publish(topic, items(named(20)));
    consume();
    await go(1);
    expect(underWay.map(({ ids }) => ids)).toEqual([named(20)]);
    await stop();
  });

  test("stops to come while there is no room, and goes on when there is", async () => {
    const { broker, queue, underWay, consume, go, stop } = bench({ itemsMax: 10, batch: 4 });
    broker.publish(topic, items(named(40)));
    consume();
    await go(20);
    expect([broker.flows, queue.depth(topic), broker.log.get(topic)?.length]).toEqual([[`off ${topic}`], 8, 32]);
    for (let ended = 0; ended < 2; ended += 1) {
      underWay[ended]?.end();
      await go(0);
    }
    await go(pollMs - 20);
    expect(broker.flows).toEqual([`off ${topic}`]);
    underWay[2]?.end();
    await go(pollMs + 10);
    expect(broker.flows.slice(0, 3)).toEqual([`off ${topic}`, `on ${topic}`, `off ${topic}`]);
    await stop();
  });

  test("goes on at once when room is made, however often, with one look for it at a time", async () => {
    const { clock, broker, faults, consume, go, stop } = bench({ itemsMax: 10, batch: 8 });
    broker.publish(topic, items(named(2000)));
    consume(() => new Promise((resolve) => void clock.after(1, resolve)));
    let pendingMost = 0;
    for (let slices = 0; slices < 200; slices += 1) {
      await go(10);
      pendingMost = Math.max(pendingMost, clock.pending);
    }
    expect(broker.told).toHaveLength(2000);
    expect(broker.flows.length).toBeGreaterThan(100);
    // Two handlers, the polls of both queues, the broker's own.
    expect(pendingMost).toBeLessThanOrEqual(5);
    expect(faults).toEqual([]);
    await stop();
  });

  test("beyond the room is held until there is some, and then goes in the order in which it came", async () => {
    const { broker, queue, underWay, consume, go, stop } = bench({ itemsMax: 10, batch: 25 });
    broker.publish(topic, items(named(25)));
    consume();
    await go(1);
    expect([queue.depth(topic), underWay.length]).toEqual([25, 2]);
    for (let ended = 0; ended < 25; ended += 1) {
      underWay[ended]?.end();
      await go(0);
    }
    expect(underWay.flatMap(({ ids }) => ids)).toEqual(named(25));
    expect(broker.told).toEqual(named(25));
    await stop();
  });

  test("holds up no other topic", async () => {
    const { broker, consume, go, stop } = bench();
    broker.publish(topic, items(named(40)));
    broker.publish(other, items(named(40)));
    consume();
    const handled: string[] = [];
    consume(async ([item]) => void handled.push(item?.id ?? ""), other);
    await go(5 * pollMs);
    expect(handled).toEqual(named(40));
    expect(broker.flows.filter((flow) => flow === `on ${topic}`)).toEqual([]);
    await stop();
  });

  test("is handled once where a handler acknowledges at once, within the call that gave it", async () => {
    const { broker, consume, go, stop } = bench({ itemsMax: 10, batch: 60, options: { batchMax: 1, concurrency: 30 } });
    const ids = named(60);
    broker.publish(topic, items(ids));
    const handled: string[] = [];
    let end: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      end = resolve;
    });
    consume(async (given, acknowledge) => {
      handled.push(...given.map(({ id }) => id));
      // The first ten fill the room, so that the others wait for it.
      if (handled.length <= 10) await gate;
      else given.forEach(acknowledge);
    });
    await go(1);
    expect(handled).toHaveLength(10);
    end();
    await go(10 * pollMs);
    expect(handled).toEqual(ids);
    expect(broker.given.map(({ told }) => told)).toEqual(ids.map(() => 1));
    await stop();
  });

  test("while the store is away is held within bounds, and all of it handled when that is back", async () => {
    const { broker, queue, consume, go, stop } = bench({ itemsMax: 100, batch: 50 });
    const isAway = { now: true };
    const ids = named(3000);
    broker.publish(topic, items(ids));
    const handled: string[] = [];
    consume(async (given) => {
      if (isAway.now) throw new Error("the store is away");
      handled.push(...given.map(({ id }) => id));
    });
    for (let polls = 0; polls < 50; polls += 1) {
      await go(pollMs / 2);
      expect(broker.given.length).toBeLessThanOrEqual(150);
      expect(queue.depth(topic)).toBe(broker.given.length);
    }
    expect(broker.told).toEqual([]);
    isAway.now = false;
    await go(200 * pollMs);
    expect([handled.sort(), broker.told.sort()]).toEqual([ids.sort(), ids]);
    await stop();
  });

  test("is handled, settled once for each delivery and bounded, whatever the sizes, with faults and repetitions", async () => {
    const sizes = fc.record({
      seed: fc.nat(1_000_000),
      itemsMax: fc.integer({ min: 10, max: 60 }),
      batch: fc.integer({ min: 1, max: 80 }),
      batchMax: fc.integer({ min: 1, max: 20 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ seed, itemsMax, batch, batchMax, concurrency }) => {
        const random = new SeededRandom(seed);
        const { clock, broker, queue, consume, go, stop } = bench({
          itemsMax,
          batch,
          options: { batchMax, concurrency },
        });
        const ids = named(120);
        broker.publish(topic, items([...ids, ...ids.filter(() => random.chance(0.1))]));
        const total = broker.log.get(topic)?.length ?? 0;
        const underWay = new Set<string>();
        const settled = new Set<string>();
        const faults: string[] = [];
        consume(async (given, acknowledge) => {
          for (const { id } of given) if (underWay.has(id)) faults.push(`${id} is handled twice at once`);
          for (const { id } of given) underWay.add(id);
          await new Promise<void>((resolve) => void clock.after(random.int(30), resolve));
          for (const item of given) {
            underWay.delete(item.id);
            const early = broker.told.includes(item.id) && !settled.has(item.id);
            if (early) faults.push(`${item.id} was settled early`);
          }
          if (random.chance(0.1)) throw new Error("the store is away");
          for (const item of given) {
            settled.add(item.id);
            if (random.chance(0.5)) acknowledge(item);
          }
        });
        for (let rounds = 0; rounds < 400 && broker.told.length < total; rounds += 1) {
          await go(pollMs / 4);
          if (queue.depth(topic) > itemsMax + batch) faults.push(`${queue.depth(topic)} are held`);
        }
        expect(faults).toEqual([]);
        expect(settled.size).toBe(ids.length);
        expect(broker.given.map(({ told }) => told)).toEqual(Array.from({ length: total }, () => 1));
        expect(queue.depth(topic)).toBe(0);
        await stop();
      }),
      { numRuns: 25 },
    );
  });
});

describe("a queue with a broker that is stopped", () => {
  test("leaves to others what is not settled, and tells of what its handlers still settle", async () => {
    const { clock, broker, queue, underWay, consume, go } = bench({ itemsMax: 10, batch: 20 });
    broker.publish(topic, items(named(20)));
    consume();
    await go(1);
    underWay[0]?.end(new Error("the store is away"));
    await go(0);
    const stopped = queue.stop();
    expect(queue.depth(topic)).toBeLessThanOrEqual(2);
    for (const { end } of underWay) end();
    await stopped;
    expect(underWay.flatMap(({ ids }) => ids)).toEqual(["item-0", "item-1", "item-2"]);
    expect(broker.told).toEqual(["item-1", "item-2"]);
    await go(10 * pollMs);
    expect([underWay.length, broker.told.length, broker.flows, clock.pending]).toEqual([3, 2, [`off ${topic}`], 0]);
  });

  test("gives up what it was given and what is not settled, wherever it waits, and nothing else", async () => {
    const { broker, queue, givenUp, underWay, consume, go } = bench({ itemsMax: 10, batch: 20 });
    broker.publish(topic, items(named(20)));
    consume();
    await go(1);
    underWay[0]?.end();
    underWay[1]?.end(new Error("the store is away"));
    await go(0);
    queue.publish(topic, items(["own"]));
    const stopped = queue.stop();
    expect(givenUp).toEqual(new Map([[topic, named(20).slice(1)]]));
    for (const { end } of underWay) end();
    await stopped;
  });

  test("publishes what its last handlers have to, before it closes the broker", async () => {
    const { broker, queue, consume, go } = bench();
    let end: () => void = () => {};
    consume(async () => {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      queue.publish(topic, items(["next"]));
    });
    queue.publish(topic, items(["a"]));
    await go(0);
    const stopped = queue.stop();
    await go(0);
    expect(broker.calls).toEqual(["stop consuming"]);
    end();
    await stopped;
    expect(broker.calls).toEqual(["stop consuming", `publish ${topic}`, "close", "closed"]);
    expect(broker.log.get(topic)).toEqual(items(["next"]));
  });

  test("takes nothing more that a broker still gives", async () => {
    const { broker, queue, consume, go } = bench();
    const takes: Take[] = [];
    broker.consume = (_, take) => void takes.push(take);
    consume();
    await queue.stop();
    let told = 0;
    takes[0]?.({ v: 1, id: "late" }, () => (told += 1));
    await go(10 * pollMs);
    expect([takes.length, told, queue.depth(topic)]).toEqual([1, 0, 0]);
  });
});
