import { afterEach, describe, expect, test } from "vitest";
import type { ConsumeOptions, Queue } from "../ports/queue.ts";
import { Handler, items, type QueueBench } from "./queue-bench.conformance.ts";

export function queueConformance(name: string, make: () => Promise<QueueBench>): void {
  const opened: { bench: QueueBench; queues: Queue[] }[] = [];
  afterEach(async () => {
    for (const { bench, queues } of opened.splice(0)) {
      for (const queue of queues) await queue.stop();
      await bench.close();
    }
  });
  const open = async () => {
    const bench = await make();
    const queues: Queue[] = [];
    opened.push({ bench, queues });
    const queue = () => {
      const made = bench.make();
      queues.push(made);
      return made;
    };
    return { bench, queue, handler: new Handler(bench) };
  };
  const options: ConsumeOptions = { batchMax: 10, concurrency: 4 };

  describe(`queue: ${name}`, () => {
    test("gives what was published to the handler, once, without waiting for a poll", async () => {
      const { bench, queue, handler } = await open();
      const made = queue();
      made.consume(bench.topic, handler.handle, options);
      await bench.rest();
      const ids = await bench.work(7);
      made.publish(bench.topic, items(ids));
      await bench.rest();
      expect(handler.handled).toEqual(ids);
      await bench.poll();
      expect(handler.handled).toHaveLength(7);
      expect(made.depth(bench.topic)).toBe(0);
    });

    test("finds work that nobody told it of: at the start, and with each poll", async () => {
      const { bench, queue, handler } = await open();
      const before = await bench.work(3);
      queue().consume(bench.topic, handler.handle, options);
      await bench.rest();
      expect(handler.handled).toEqual(before);
      const later = await bench.work(3);
      await bench.poll();
      expect(handler.handled).toEqual([...before, ...later]);
    });

    test("looks at once when it is woken, also while it is looking", async () => {
      const { bench, queue, handler } = await open();
      const made = queue();
      made.consume(bench.topic, handler.handle, options);
      await bench.rest();
      const first = await bench.work(1);
      made.wake(bench.topic);
      await bench.rest();
      expect(handler.handled).toEqual(first);
      made.wake(bench.topic);
      const second = bench.work(1);
      made.wake(bench.topic);
      const ids = await second;
      made.wake(bench.topic);
      await bench.rest();
      expect(handler.handled).toEqual([...first, ...ids]);
    });

    test("holds a bounded number of items, and takes what had no room from the store", async () => {
      const { bench, queue, handler } = await open();
      const made = queue();
      handler.shut();
      made.consume(bench.topic, handler.handle, options);
      const ids = await bench.work(bench.itemsMax * 3 + 1);
      made.publish(bench.topic, items(ids));
      await bench.rest();
      expect(made.depth(bench.topic)).toBeLessThanOrEqual(bench.itemsMax);
      expect(made.depth(bench.topic)).toBeGreaterThan(0);
      handler.open();
      await bench.rest();
      expect(new Set(handler.handled)).toEqual(new Set(ids));
      expect(handler.handled).toHaveLength(ids.length);
      expect(made.depth(bench.topic)).toBe(0);
    });

    test("loses nothing when all that it held is lost", async () => {
      const { bench, queue, handler } = await open();
      const crashed = queue();
      const lost = new Handler(bench);
      lost.shut();
      crashed.consume(bench.topic, lost.handle, options);
      const ids = await bench.work(bench.itemsMax + 5);
      crashed.publish(bench.topic, items(ids));
      await bench.rest();
      queue().consume(bench.topic, handler.handle, options);
      await bench.poll();
      await bench.poll();
      expect(new Set(handler.handled)).toEqual(new Set(ids));
      lost.open();
      await bench.rest();
    });

    test("gives items again whose handler threw, at the next poll and not before", async () => {
      const { bench, queue } = await open();
      const made = queue();
      const ids = await bench.work(bench.itemsMax * 2);
      let calls = 0;
      const seen = new Set<string>();
      made.consume(
        bench.topic,
        async (given) => {
          calls += 1;
          for (const { id } of given) seen.add(id);
          // Where it is given its items again and again, this ends it.
          if (calls > bench.itemsMax * 10) return bench.settle(given.map(({ id }) => id));
          throw new Error("a fault of the handler");
        },
        options,
      );
      await bench.rest();
      const first = calls;
      expect(first).toBeGreaterThan(0);
      expect(first).toBeLessThanOrEqual(bench.itemsMax);
      await bench.rest();
      expect(calls).toBe(first);
      expect(bench.faults.length).toBe(first);
      expect(made.depth(bench.topic)).toBe(0);
      await bench.poll();
      expect(calls).toBeGreaterThan(first);
      expect([...seen].every((id) => ids.includes(id))).toBe(true);
    });

    test("goes on with what is left after a handler threw once", async () => {
      const { bench, queue, handler } = await open();
      const ids = await bench.work(bench.itemsMax * 2);
      let faults = 0;
      queue().consume(
        bench.topic,
        async (given) => {
          faults += 1;
          if (faults === 1) throw new Error("once");
          await handler.handle(given);
        },
        options,
      );
      for (const _ of Array.from({ length: 5 })) await bench.poll();
      expect(new Set(handler.handled)).toEqual(new Set(ids));
    });

    test("has room again for each item that its handler acknowledged, before the handler is done", async () => {
      const { bench, queue } = await open();
      const made = queue();
      const ids = await bench.work(bench.itemsMax * 3);
      const seen: string[] = [];
      let end: () => void = () => {};
      const gate = new Promise<void>((resolve) => {
        end = resolve;
      });
      made.consume(
        bench.topic,
        async (given, acknowledge) => {
          for (const item of given) {
            await bench.settle([item.id]);
            seen.push(item.id);
            acknowledge(item);
            acknowledge(item);
          }
          await gate;
        },
        { batchMax: 1, concurrency: bench.itemsMax * 3 },
      );
      for (const _ of Array.from({ length: 5 })) await bench.poll();
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect(made.depth(bench.topic)).toBe(0);
      end();
      await bench.rest();
    });

    test("an item that is due anew while the handler that acknowledged it still runs is handled again, once", async () => {
      const { bench, queue } = await open();
      const made = queue();
      const [id = ""] = await bench.work(1);
      const calls: (() => void)[] = [];
      made.consume(
        bench.topic,
        async ([item], acknowledge) => {
          if (calls.length === 0 && item !== undefined) acknowledge(item);
          await new Promise<void>((resolve) => void calls.push(resolve));
        },
        { batchMax: 1, concurrency: 10 },
      );
      await bench.rest();
      made.publish(bench.topic, items([id]));
      await bench.rest();
      expect(calls).toHaveLength(2);
      calls[0]?.();
      await bench.rest();
      made.publish(bench.topic, items([id]));
      await bench.rest();
      expect(calls).toHaveLength(2);
      await bench.settle([id]);
      calls[1]?.();
      await bench.rest();
      expect(made.depth(bench.topic)).toBe(0);
    });

    test("never gives an item to two handlers at once, however often it is published and found", async () => {
      const { bench, queue, handler } = await open();
      const made = queue();
      handler.shut();
      made.consume(bench.topic, handler.handle, { batchMax: 1, concurrency: 100 });
      const ids = await bench.work(8);
      for (const _ of Array.from({ length: 3 })) {
        made.publish(bench.topic, items([...ids, ...ids]));
        await bench.poll();
      }
      handler.open();
      await bench.rest();
      expect(handler.doubled).toBe(0);
      expect(handler.handled.toSorted()).toEqual(ids.toSorted());
    });

    test.each([
      [1, 1],
      [3, 2],
      [100, 1],
      [2, 100],
    ])("gives at most %d items to each of at most %d handlers", async (batchMax, concurrency) => {
      const { bench, queue, handler } = await open();
      const made = queue();
      handler.shut();
      made.consume(bench.topic, handler.handle, { batchMax, concurrency });
      const ids = await bench.work(bench.itemsMax);
      made.publish(bench.topic, items(ids));
      await bench.rest();
      handler.open();
      await bench.rest();
      expect(Math.max(...handler.batches)).toBeLessThanOrEqual(batchMax);
      expect(handler.runningMost).toBeLessThanOrEqual(concurrency);
      expect(handler.runningMost).toBe(Math.min(concurrency, Math.ceil(ids.length / batchMax)));
      expect(handler.handled.toSorted()).toEqual(ids.toSorted());
    });

    test("gives one tenant's trickle before the rest of another's flood", async () => {
      const { bench, queue, handler } = await open();
      await bench.work(bench.itemsMax * 4, "flood");
      const trickle = await bench.work(2, "trickle");
      queue().consume(bench.topic, handler.handle, { batchMax: 1, concurrency: 1 });
      await bench.rest();
      const places = trickle.map((id) => handler.handled.indexOf(id));
      expect(Math.max(...places)).toBeLessThanOrEqual(4);
      expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    });

    test("that is stopped waits for the handlers under way and starts none; stopping it again waits too", async () => {
      const { bench, queue, handler } = await open();
      const made = queue();
      handler.shut();
      made.consume(bench.topic, handler.handle, { batchMax: 2, concurrency: 1 });
      made.publish(bench.topic, items(await bench.work(9)));
      await bench.rest();
      let stopped = 0;
      const stops = [made.stop(), made.stop()].map((stop) => stop.then(() => (stopped += 1)));
      await bench.poll();
      expect(stopped).toBe(0);
      handler.open();
      await Promise.all(stops);
      expect(handler.handled).toHaveLength(2);
      made.publish(bench.topic, items(await bench.work(1)));
      made.wake(bench.topic);
      await bench.poll();
      expect(handler.handled).toHaveLength(2);
      expect(made.depth(bench.topic)).toBe(0);
      await made.stop();
    });

    test("that is stopped idle, or before anybody consumed, ends at once", async () => {
      const { bench, queue, handler } = await open();
      await queue().stop();
      const idle = queue();
      idle.consume(bench.topic, handler.handle, options);
      await bench.rest();
      await idle.stop();
      expect(idle.depth(bench.topic)).toBe(0);
    });

    test("takes what is published to a topic that nobody here consumes for nothing", async () => {
      const { bench, queue } = await open();
      const made = queue();
      made.publish(bench.topic, items(["x"]));
      made.wake(bench.topic);
      expect(made.depth(bench.topic)).toBe(0);
    });
  });
}
