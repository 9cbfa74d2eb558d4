import type { Clock, Timer } from "../ports/clock.ts";
import type { ConsumeOptions, Queue, QueueHandler, QueueItem, Topic } from "../ports/queue.ts";

export interface EmbeddedQueueOptions {
  clock: Clock;
  /** Due ids of a topic in the store, oldest first; may name ids that are held here already. */
  findDue: (topic: Topic, limit: number) => Promise<readonly string[]>;
  /** Items of one topic in memory, at most. */
  itemsMax: number;
  pollMs: number;
  onFault: (topic: Topic, error: unknown) => void;
}

interface TopicState {
  name: Topic;
  handler: QueueHandler | undefined;
  options: ConsumeOptions;
  waiting: QueueItem[];
  /** Ids that wait or are being handled: what the store calls due, but is in hands already. */
  held: Set<string>;
  running: number;
  /** The store has, or may have, due items that are not held. */
  more: boolean;
  refilling: boolean;
}

/**
 * The store's rows as a queue. An item is handed over in memory after its commit; where there is no room it is
 * forgotten, as its row is the entry, and a cursor over due rows brings it when there is room again. The same cursor,
 * polled, finds timers that have come due and whatever a crash left behind. Nothing is written for any of this.
 *
 * Rejected: a lease written per claimed row (8 µs a message on one owner that has nobody to keep out).
 */
export class EmbeddedQueue implements Queue {
  readonly #options: EmbeddedQueueOptions;
  readonly #topics = new Map<Topic, TopicState>();
  #poll: Timer | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: EmbeddedQueueOptions) {
    this.#options = options;
  }

  publish(topic: Topic, items: readonly QueueItem[]): void {
    const state = this.#topics.get(topic);
    if (state === undefined || this.#stopped) return;
    for (const item of items) this.#hold(state, item);
    this.#pump(state);
  }

  consume(topic: Topic, handler: QueueHandler, options: ConsumeOptions): void {
    const state: TopicState = { name: topic, handler, options, waiting: [], held: new Set(), running: 0, more: true, refilling: false };
    this.#topics.set(topic, state);
    this.#poll ??= this.#armPoll();
    void this.#refill(state);
  }

  wake(topic: Topic): void {
    const state = this.#topics.get(topic);
    if (state === undefined) return;
    state.more = true;
    void this.#refill(state);
  }

  depth(topic: Topic): number {
    return this.#topics.get(topic)?.held.size ?? 0;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#poll?.cancel();
    for (const state of this.#topics.values()) {
      for (const item of state.waiting) state.held.delete(item.id);
      state.waiting = [];
    }
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#endIfIdle();
    });
  }

  #armPoll(): Timer {
    return this.#options.clock.after(this.#options.pollMs, () => {
      if (this.#stopped) return;
      this.#poll = this.#armPoll();
      for (const state of this.#topics.values()) {
        state.more = true;
        void this.#refill(state);
      }
    });
  }

  #hold(state: TopicState, item: QueueItem): boolean {
    if (state.held.has(item.id)) return false;
    if (state.held.size >= this.#options.itemsMax) {
      state.more = true;
      return false;
    }
    state.held.add(item.id);
    state.waiting.push(item);
    return true;
  }

  #pump(state: TopicState): void {
    while (!this.#stopped && state.handler !== undefined && state.waiting.length > 0 && state.running < state.options.concurrency) {
      const items = state.waiting.splice(0, state.options.batchMax);
      state.running += 1;
      void this.#handle(state, state.handler, items);
    }
    if (state.more) void this.#refill(state);
  }

  async #handle(state: TopicState, handler: QueueHandler, items: readonly QueueItem[]): Promise<void> {
    try {
      await handler(items);
    } catch (error) {
      // What was not settled is still due in the store; the next poll brings it again.
      this.#options.onFault(state.name, error);
    }
    for (const item of items) state.held.delete(item.id);
    state.running -= 1;
    this.#endIfIdle();
    this.#pump(state);
  }

  /** Looks into the store while at least half of the room is free, so that a look brings much. */
  async #refill(state: TopicState): Promise<void> {
    if (this.#stopped || state.refilling || state.held.size * 2 > this.#options.itemsMax) return;
    state.refilling = true;
    state.more = false;
    const limit = this.#options.itemsMax;
    let held = 0;
    try {
      const ids = await this.#options.findDue(state.name, limit);
      for (const id of ids) held += this.#hold(state, { v: 1, id }) ? 1 : 0;
      if (ids.length >= limit && held > 0) state.more = true;
    } catch (error) {
      this.#options.onFault(state.name, error);
    }
    state.refilling = false;
    if (held > 0) this.#pump(state);
  }

  #endIfIdle(): void {
    if (!this.#stopped || [...this.#topics.values()].some((state) => state.running > 0)) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
