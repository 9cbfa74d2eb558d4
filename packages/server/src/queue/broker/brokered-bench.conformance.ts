import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { Hint } from "../../ports/broadcast.ts";
import type { ConsumeOptions, QueueHandler, QueueItem, Topic } from "../../ports/queue.ts";
import { EmbeddedQueue } from "../embedded.ts";
import { WorkHints } from "../work-hints.ts";
import type { Broker, Take } from "./broker.ts";
import { BrokeredQueue } from "./brokered-queue.ts";

export const topic: Topic = "delivery.email.critical";
export const other: Topic = "runs.critical";
export const pollMs = 200;

export const items = (ids: readonly string[]): QueueItem[] => ids.map((id) => ({ v: 1, id }));
export const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `item-${index}`);

/** Gives what was published to whoever consumes, a batch each millisecond, and goes on behind a batch that was given. */
class MemoryBroker implements Broker {
  isWell = true;
  readonly log = new Map<Topic, QueueItem[]>();
  readonly flows: string[] = [];
  readonly calls: string[] = [];
  /** How often each delivery was told to be settled, in the order of the deliveries. */
  readonly given: { id: string; told: number }[] = [];
  readonly #clock: SimulatedClock;
  readonly #batch: number;
  readonly #takes = new Map<Topic, Take>();
  readonly #heldUp = new Set<Topic>();
  #stopped = false;

  constructor(clock: SimulatedClock, batch: number) {
    this.#clock = clock;
    this.#batch = batch;
  }

  get told(): string[] {
    return this.given.flatMap(({ id, told }) => Array.from({ length: told }, () => id));
  }

  publish(name: Topic, published: readonly QueueItem[]): void {
    this.calls.push(`publish ${name}`);
    this.log.set(name, [...(this.log.get(name) ?? []), ...published]);
  }

  consume(name: Topic, take: Take): void {
    this.#takes.set(name, take);
    this.#clock.after(1, () => this.#fetch(name));
  }

  flow(name: Topic, isWanted: boolean): void {
    this.flows.push(`${isWanted ? "on" : "off"} ${name}`);
    if (isWanted) this.#heldUp.delete(name);
    else this.#heldUp.add(name);
  }

  async stopConsuming(): Promise<void> {
    this.calls.push("stop consuming");
    this.#stopped = true;
  }

  async close(): Promise<void> {
    this.calls.push("close");
    await eventLoopTurn();
    this.calls.push("closed");
  }

  #fetch(name: Topic): void {
    if (this.#stopped) return;
    const batch = this.#heldUp.has(name) ? [] : (this.log.get(name)?.splice(0, this.#batch) ?? []);
    for (const item of batch) {
      const given = { id: item.id, told: 0 };
      this.given.push(given);
      this.#takes.get(name)?.(item, () => (given.told += 1));
    }
    this.#clock.after(1, () => this.#fetch(name));
  }
}

interface Sizes {
  itemsMax?: number;
  batch?: number;
  options?: ConsumeOptions;
}

/** Handlers end when the test says so, where it brings none of its own. */
export function bench({ itemsMax = 10, batch = 4, options = { batchMax: 1, concurrency: 2 } }: Sizes = {}) {
  const clock = new SimulatedClock(0);
  const broker = new MemoryBroker(clock, batch);
  const hints: string[] = [];
  const broadcast = {
    publish: (hint: Hint, subject = "") => void hints.push(`${hint} ${subject}`),
    subscribe: () => () => {},
    close: async () => {},
  };
  const faults: unknown[] = [];
  const rows = new EmbeddedQueue({
    clock,
    findDue: async () => [],
    itemsMax,
    pollMs,
    onFault: (_, error) => faults.push(error),
  });
  const hinted = new WorkHints({ queue: rows, broadcast, clock, everyMs: 1 });
  /** What was given up, by topic. */
  const givenUp = new Map<Topic, readonly string[]>();
  const giveUp = async (name: Topic, ids: readonly string[]) => void givenUp.set(name, ids);
  const queue = new BrokeredQueue({ broker, rows, hinted, giveUp, clock, itemsMax, pollMs });
  const underWay: { ids: string[]; end: (error?: Error) => void }[] = [];
  const wait: QueueHandler = (given) =>
    new Promise((resolve, reject) => {
      underWay.push({
        ids: given.map(({ id }) => id),
        end: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
  const consume = (handler: QueueHandler = wait, name = topic) => queue.consume(name, handler, options);
  const go = (ms: number) => clock.settleTo(clock.now() + ms);
  const stop = async () => {
    const stopped = queue.stop();
    for (const { end } of underWay) end();
    await stopped;
  };
  return { clock, broker, hints, faults, givenUp, queue, underWay, consume, go, stop };
}
