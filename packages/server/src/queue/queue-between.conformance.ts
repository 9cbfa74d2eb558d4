import { afterEach, describe, expect, test, vi } from "vitest";
import type { ConsumeOptions, Queue, Topic } from "../ports/queue.ts";
import { Handler, items } from "./queue-bench.conformance.ts";

/** An engine that carries work between processes, as the suite gets it: in real time. */
export interface BetweenBench {
  /** Two topics of different lanes. */
  topics: readonly [Topic, Topic];
  /** The queue of another process on the same store. */
  make(): Promise<Queue>;
  /** Makes due work in the store, as whoever publishes it does; nobody is told. */
  work(topic: Topic, count: number): Promise<string[]>;
  settle(ids: readonly string[]): Promise<void>;
  /** The engine loses all that it carries; undefined where it carries nothing of its own. */
  loseAll: (() => Promise<void>) | undefined;
  /** What looks after rows that the engine lost, once. */
  sweep(): Promise<void>;
  /** Items of one topic that a queue may hold, but for what one look or one fetch brings. */
  itemsMax: number;
  faults: unknown[];
  close(): Promise<void>;
}

const withinMs = 30_000;
const options: ConsumeOptions = { batchMax: 10, concurrency: 4 };

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  try {
    await vi.waitUntil(isSo, { timeout: withinMs, interval: 10 });
  } catch (error) {
    throw new Error(`waited in vain until ${what}`, { cause: error });
  }
}

export function queueBetweenConformance(name: string, open: () => Promise<BetweenBench>): void {
  const opened: { bench: BetweenBench; queues: Queue[] }[] = [];
  afterEach(async () => {
    for (const { bench, queues } of opened.splice(0)) {
      for (const queue of queues) await queue.stop();
      await bench.close();
    }
  });
  const start = async () => {
    const bench = await open();
    const queues: Queue[] = [];
    opened.push({ bench, queues });
    const queue = async () => {
      const made = await bench.make();
      queues.push(made);
      return made;
    };
    const [topic, other] = bench.topics;
    const publish = async (from: Queue, count: number, to = topic): Promise<string[]> => {
      const ids = await bench.work(to, count);
      from.publish(to, items(ids));
      return ids;
    };
    return { bench, queue, topic, other, publish };
  };

  describe(`between processes: ${name}`, () => {
    test("what one publishes comes to the one that consumes, once", async () => {
      const { bench, queue, topic, publish } = await start();
      const handler = new Handler(bench);
      const [from, to] = [await queue(), await queue()];
      to.consume(topic, handler.handle, options);
      const ids = await publish(from, 500);
      await until("all are handled", () => handler.handled.length >= ids.length);
      expect(handler.handled.toSorted()).toEqual(ids.toSorted());
      expect(bench.faults).toEqual([]);
    });

    test("those who consume share the work, and all of it is done", async () => {
      const { bench, queue, topic, publish } = await start();
      const handlers = [new Handler(bench), new Handler(bench)];
      const from = await queue();
      for (const handler of handlers) (await queue()).consume(topic, handler.handle, options);
      const ids = new Set<string>();
      await until("both have had some", async () => {
        for (const id of await publish(from, 40)) ids.add(id);
        const before = handlers.map(({ handled }) => handled.length);
        await until("they are handled", () => handledBy(handlers).size === ids.size);
        return before.every((count, index) => (handlers[index]?.handled.length ?? 0) > count);
      });
      for (const id of await publish(from, 2000)) ids.add(id);
      await until("all are handled", () => handledBy(handlers).size === ids.size);
      expect(handledBy(handlers)).toEqual(ids);
      expect(Math.min(...handlers.map(({ handled }) => handled.length))).toBeGreaterThan(0);
    });

    test("what one took and did not settle before it stopped goes to another", async () => {
      const { bench, queue, topic, publish } = await start();
      const [first, second] = [new Handler(bench), new Handler(bench)];
      const [from, one, two] = [await queue(), await queue(), await queue()];
      first.shut();
      one.consume(topic, first.handle, { batchMax: 10, concurrency: 1 });
      const ids = await publish(from, bench.itemsMax);
      await until("some are under way", () => first.batches.length > 0 && one.depth(topic) > 10);
      const stopped = one.stop();
      two.consume(topic, second.handle, options);
      await until("another has had the rest", async () => {
        await bench.sweep();
        return handledBy([second]).size >= ids.length - 10;
      });
      first.open();
      await stopped;
      // What the first had may have come to the second too, in place of some of the rest.
      await until("all are handled", () => handledBy([first, second]).size >= ids.length);
      expect(handledBy([first, second])).toEqual(new Set(ids));
    });

    test("items whose handler threw come again", async () => {
      const { bench, queue, topic, publish } = await start();
      const handler = new Handler(bench);
      const [from, to] = [await queue(), await queue()];
      let faults = 3;
      to.consume(
        topic,
        async (given) => {
          faults -= 1;
          if (faults >= 0) throw new Error("a fault of the handler");
          await handler.handle(given);
        },
        options,
      );
      const ids = await publish(from, 50);
      await until("all are handled", () => handledBy([handler]).size === ids.length);
      expect(handledBy([handler])).toEqual(new Set(ids));
      expect(bench.faults).toHaveLength(3);
    });

    test("a topic that is full holds up none of another lane, is bounded, and goes on when there is room", async () => {
      const { bench, queue, topic, other, publish } = await start();
      const [stuck, free] = [new Handler(bench), new Handler(bench)];
      const [from, to] = [await queue(), await queue()];
      stuck.shut();
      to.consume(other, stuck.handle, options);
      to.consume(topic, free.handle, options);
      const flood = await publish(from, bench.itemsMax * 8, other);
      await until("it is full", () => to.depth(other) * 2 >= bench.itemsMax);
      const trickle = await publish(from, 20);
      await until("the other is handled", () => handledBy([free]).size === trickle.length);
      expect(handledBy([stuck]).size).toBe(0);
      stuck.open();
      await until("the flood is handled", () => handledBy([stuck]).size === flood.length);
    });

    test("all that the engine lost is found in the store", async () => {
      const { bench, queue, topic, publish } = await start();
      const handler = new Handler(bench);
      const from = await queue();
      const ids = await publish(from, 300);
      await from.stop();
      await bench.loseAll?.();
      (await queue()).consume(topic, handler.handle, options);
      await until("all are handled", async () => {
        await bench.sweep();
        return handledBy([handler]).size === ids.length;
      });
      expect(handledBy([handler])).toEqual(new Set(ids));
    });
  });
}

function handledBy(handlers: readonly Handler[]): Set<string> {
  return new Set(handlers.flatMap(({ handled }) => handled));
}
