import type { Channel, Lane } from "@tidings/contract/words";
import { traceparentOf } from "../domain/trace-context.ts";

/** Name of a queue: the stage's input, per lane, and for delivery per channel. */
export type Topic = `events.${Lane}` | `runs.${Lane}` | `delivery.${Channel}.${Lane}`;

/** What travels: ids only, never content or addresses. */
export interface QueueItem {
  /** Version of this envelope. */
  v: 1;
  /** Event, run or message, as the topic says. */
  id: string;
  /** `traceparent` of W3C Trace Context, where what it is about is traced. Without it, the event's row says. */
  trace?: string;
}

/** `trace`: text of a trace (domain/trace-context). */
export function queueItem(id: string, trace: string | null): QueueItem {
  return trace === null ? { v: 1, id } : { v: 1, id, trace: traceparentOf(trace) };
}

export interface ConsumeOptions {
  /** Items given to the handler at once, at most. */
  batchMax: number;
  /** Handlers that may run at once. */
  concurrency: number;
}

/**
 * Settles every item in the store (done, or a timer). It may acknowledge each as soon as that is settled, so that a slow
 * one does not hold its neighbours; when it resolves, all are.
 */
export type QueueHandler = (items: readonly QueueItem[], acknowledge: (item: QueueItem) => void) => Promise<void>;

/**
 * Carries ids to the stages, at least once. There is no negative acknowledgement, no delay and no payload: what must
 * wait is a due time in the store. Losing the queue's whole content loses nothing, as a cursor over the store finds
 * again what was never settled.
 */
export interface Queue {
  /** Hands items over after their commit. What has no room is dropped: the store still has it, and refill brings it. */
  publish(topic: Topic, items: readonly QueueItem[]): void;
  consume(topic: Topic, handler: QueueHandler, options: ConsumeOptions): void;
  /** Looks in the store now instead of at the next poll. */
  wake(topic: Topic): void;
  /** Items in memory, waiting or being handled. */
  depth(topic: Topic): number;
  /** Takes no more; resolves when the handlers under way have ended. Safe to call twice. */
  stop(): Promise<void>;
}

/** Tells for many topics at once which of them have something due in the store. */
export interface OpenTopics {
  /** Those with something due at `now`, ms; or that may have, where it would take long to know. */
  among(topics: readonly Topic[], now: number): Promise<readonly Topic[]>;
}
