import type { Queue, QueueItem, Topic } from "../ports/queue.ts";

/**
 * A queue as the suite gets it, over a store in which the suite makes work. `make` gives another queue object on the same
 * store, as after a crash that lost everything the queue held.
 */
export interface QueueBench {
  topic: Topic;
  make(): Queue;
  /** Makes due work in the store, and gives its ids; nobody is told. */
  work(count: number, tenant?: string): Promise<string[]>;
  /** Ids of what is due no more from here on. */
  settle(ids: readonly string[]): Promise<void>;
  /** Lets time go on for as long as one poll takes, and all that it sets off come to rest. */
  poll(): Promise<void>;
  /** Lets all that is under way come to rest, while time stands still. */
  rest(): Promise<void>;
  /** Items of one topic that the queue may hold. */
  itemsMax: number;
  faults: unknown[];
  close(): Promise<void>;
}

export const items = (ids: readonly string[]): QueueItem[] => ids.map((id) => ({ v: 1, id }));

/** Records what it is given, and settles it when it is let. */
export class Handler {
  readonly handled: string[] = [];
  readonly batches: number[] = [];
  runningMost = 0;
  doubled = 0;
  readonly #bench: Pick<QueueBench, "settle">;
  readonly #underWay = new Set<string>();
  #running = 0;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  constructor(bench: Pick<QueueBench, "settle">) {
    this.#bench = bench;
  }

  shut(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  readonly handle = async (given: readonly QueueItem[]): Promise<void> => {
    const ids = given.map(({ id }) => id);
    this.#running += 1;
    this.runningMost = Math.max(this.runningMost, this.#running);
    this.batches.push(ids.length);
    for (const id of ids) {
      if (this.#underWay.has(id)) this.doubled += 1;
      this.#underWay.add(id);
    }
    await this.#gate;
    await this.#bench.settle(ids);
    this.handled.push(...ids);
    for (const id of ids) this.#underWay.delete(id);
    this.#running -= 1;
  };
}
