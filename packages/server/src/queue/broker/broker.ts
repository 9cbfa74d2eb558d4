import type { QueueItem, Topic } from "../../ports/queue.ts";

/** Takes an item; `settled` is to be called once, when the store has what became of it. */
export type Take = (item: QueueItem, settled: () => void) => void;

/**
 * What a broker's client does for the queue: it carries items to whoever consumes their topic, at least once, and drops
 * what it cannot carry, as the store finds that again. It never throws for a fault of the broker.
 */
export interface Broker {
  /** False where what is published cannot be expected to arrive soon. */
  readonly isWell: boolean;
  publish(topic: Topic, items: readonly QueueItem[]): void;
  /** Takes part in a topic; it begins with the next turn of the event loop. */
  consume(topic: Topic, take: Take): void;
  /** Whether more items of a topic are wanted: false while there is no room for them. */
  flow(topic: Topic, isWanted: boolean): void;
  /** Takes no more items, and leaves what is not settled to others. */
  stopConsuming(): Promise<void>;
  /** Sends what waits, for a bounded time, and ends. */
  close(): Promise<void>;
}

/** Tells what a broker has passed. */
export interface SettledLooks {
  /** For each topic the moment (ms since 1970) up to which all that was published before has been settled; 0: not known. */
  look(now: () => number): Promise<ReadonlyMap<Topic, number>>;
  close(): Promise<void>;
}
