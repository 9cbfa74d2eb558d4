import type { Clock, Timer } from "../ports/clock.ts";
import type { ConsumeOptions, Queue, QueueHandler, QueueItem, Topic } from "../ports/queue.ts";

export interface EmbeddedQueueOptions {
  clock: Clock;
  /** Due ids of a topic in the store, oldest first; may name ids that are held here already. */
  findDue: (topic: Topic, limit: number) => Promise<readonly string[]>;
  /** Those of the topics that have something due in the store; left out where a look for each costs next to nothing. */
  openAmong?: ((topics: readonly Topic[]) => Promise<readonly Topic[]>) | undefined;
  /** Items of one topic in memory, at most. */
  itemsMax: number;
  pollMs: number;
  onFault: (topic: Topic, error: unknown) => void;
}

/** A topic that holds more than this is passed over by the next polls, all but every tenth. */
const busyItems = 1000;
const busyPolls = 10;

/** Called once when an item is let go of; `settled` is false where its handler threw. */
type Release = (settled: boolean) => void;

interface TopicState {
  name: Topic;
  handler: QueueHandler | undefined;
  options: ConsumeOptions;
  waiting: QueueItem[];
  /** Ids that wait or are being handled: what the store calls due, but is in hands already; with who wants to know of the end. */
  held: Map<string, Release | undefined>;
  running: number;
  /** The store has, or may have, due items that are not held. */
  more: boolean;
  refilling: boolean;
  /** What was offered is handed over with the end of this turn. */
  pumping: boolean;
  /** Ids let go while a look is under way: it may have seen them as they were before, and their rows are done. */
  letGo: Set<string>;
  /** Polls that were left out, as the topic was full and moving. */
  passedOver: number;
  /** A handler threw: nothing is fetched before the next poll, or what fails would come again at once, without end. */
  pausing: boolean;
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
  /** It is being asked which topics have something. */
  #asking = false;
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

  /**
   * Takes an item for somebody who has to know when it is let go of; false where there is no room for it. One that is held
   * already is not handled twice.
   */
  offer(topic: Topic, item: QueueItem, release: Release): boolean {
    const state = this.#topics.get(topic);
    if (state === undefined || this.#stopped) return false;
    if (state.held.has(item.id)) {
      const others = state.held.get(item.id);
      state.held.set(item.id, others === undefined ? release : both(others, release));
      return true;
    }
    if (state.held.size >= this.#options.itemsMax) return false;
    this.#keep(state, item, release);
    this.#pumpSoon(state);
    return true;
  }

  consume(topic: Topic, handler: QueueHandler, options: ConsumeOptions): void {
    const state: TopicState = {
      name: topic,
      handler,
      options,
      waiting: [],
      held: new Map(),
      running: 0,
      more: true,
      refilling: false,
      pumping: false,
      letGo: new Set(),
      passedOver: 0,
      pausing: false,
    };
    this.#topics.set(topic, state);
    this.#poll ??= this.#armPoll();
    void this.#refill(state);
  }

  wake(topic: Topic): void {
    const state = this.#topics.get(topic);
    if (state === undefined) return;
    this.#look(state);
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
      void this.#pollTopics([...this.#topics.values()].filter(isTurn));
    });
  }

  async #pollTopics(states: readonly TopicState[]): Promise<void> {
    const { openAmong } = this.#options;
    if (openAmong === undefined) {
      for (const state of states) this.#look(state);
      return;
    }
    if (this.#asking) return;
    this.#asking = true;
    try {
      const open = new Set(await openAmong(states.map(({ name }) => name)));
      for (const state of states) {
        if (open.has(state.name)) this.#look(state);
        // Whoever is told of work may look at once again.
        else state.pausing = false;
      }
    } catch (error) {
      for (const { name } of states.slice(0, 1)) this.#options.onFault(name, error);
    } finally {
      this.#asking = false;
    }
  }

  #look(state: TopicState): void {
    state.more = true;
    state.pausing = false;
    void this.#refill(state);
  }

  #hold(state: TopicState, item: QueueItem): boolean {
    if (this.#stopped || state.held.has(item.id)) return false;
    if (state.held.size >= this.#options.itemsMax) {
      state.more = true;
      return false;
    }
    this.#keep(state, item, undefined);
    return true;
  }

  #keep(state: TopicState, item: QueueItem, release: Release | undefined): void {
    state.held.set(item.id, release);
    state.waiting.push(item);
  }

  /** What is offered in one turn is handed over together. */
  #pumpSoon(state: TopicState): void {
    if (state.pumping) return;
    state.pumping = true;
    queueMicrotask(() => {
      state.pumping = false;
      this.#pump(state);
    });
  }

  #pump(state: TopicState): void {
    while (
      !this.#stopped &&
      state.handler !== undefined &&
      state.waiting.length > 0 &&
      state.running < state.options.concurrency
    ) {
      const items = state.waiting.splice(0, state.options.batchMax);
      state.running += 1;
      void this.#handle(state, state.handler, items);
    }
    if (state.more) void this.#refill(state);
  }

  async #handle(state: TopicState, handler: QueueHandler, items: readonly QueueItem[]): Promise<void> {
    // One that was acknowledged may be held anew by now, and is then no longer this handler's to let go.
    const open = new Set(items);
    let settled = true;
    try {
      await handler(items, (item) => {
        if (open.delete(item)) this.#acknowledge(state, item);
      });
    } catch (error) {
      // What was not settled is still due in the store; the next poll brings it again.
      this.#options.onFault(state.name, error);
      state.pausing = true;
      settled = false;
    }
    for (const item of open) this.#letGo(state, item, settled);
    state.running -= 1;
    this.#endIfIdle();
    this.#pump(state);
  }

  #acknowledge(state: TopicState, item: QueueItem): void {
    if (this.#letGo(state, item, true) && state.more) void this.#refill(state);
  }

  #letGo(state: TopicState, { id }: QueueItem, settled: boolean): boolean {
    const release = state.held.get(id);
    if (!state.held.delete(id)) return false;
    if (state.refilling) state.letGo.add(id);
    release?.(settled);
    return true;
  }

  /** Looks into the store once three quarters of the room are free: a look reads past what is held, and should bring more than that. */
  async #refill(state: TopicState): Promise<void> {
    if (this.#stopped || state.refilling || state.pausing || state.held.size * 4 > this.#options.itemsMax) return;
    state.refilling = true;
    state.more = false;
    const limit = state.held.size + Math.max(1, Math.floor(this.#options.itemsMax / 2));
    let held = 0;
    try {
      const ids = await this.#options.findDue(state.name, limit);
      for (const id of ids) if (!state.letGo.has(id)) held += this.#hold(state, { v: 1, id }) ? 1 : 0;
      if (ids.length >= limit && held > 0) state.more = true;
    } catch (error) {
      this.#options.onFault(state.name, error);
    }
    state.refilling = false;
    state.letGo.clear();
    // Also where somebody asked for a look while this one was under way: it may have been too early for what they meant.
    if (held > 0 || state.more) this.#pump(state);
  }

  #endIfIdle(): void {
    if (!this.#stopped || [...this.#topics.values()].some((state) => state.running > 0)) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** A look reads past what is held, so a full topic is looked at more rarely: it has enough to do. */
function isTurn(state: TopicState): boolean {
  state.passedOver += 1;
  if (state.held.size > busyItems && state.passedOver < busyPolls) return false;
  state.passedOver = 0;
  return true;
}

function both(one: Release, other: Release): Release {
  return (settled) => {
    one(settled);
    other(settled);
  };
}
