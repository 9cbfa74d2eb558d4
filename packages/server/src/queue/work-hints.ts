import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { ConsumeOptions, Queue, QueueHandler, QueueItem, Topic } from "../ports/queue.ts";

export interface WorkHintsOptions {
  queue: Queue;
  broadcast: Broadcast;
  clock: Clock;
  /** Hints of one topic keep this distance, ms. */
  everyMs: number;
}

/**
 * A queue for several processes on one store: what is published to a topic that nobody here consumes is in the store, and
 * a hint makes those who consume it look at once. A lost hint costs a poll.
 */
export class WorkHints implements Queue {
  readonly #on: WorkHintsOptions;
  readonly #consumed = new Set<Topic>();
  readonly #soon = new Map<Topic, Timer>();
  readonly #unsubscribe: () => void;

  constructor(options: WorkHintsOptions) {
    this.#on = options;
    this.#unsubscribe = options.broadcast.subscribe("work", (subject) => this.#hear(subject));
  }

  publish(topic: Topic, items: readonly QueueItem[]): void {
    if (this.#consumed.has(topic)) this.#on.queue.publish(topic, items);
    else if (items.length > 0) this.#hint(topic);
  }

  consume(topic: Topic, handler: QueueHandler, options: ConsumeOptions): void {
    this.#consumed.add(topic);
    this.#on.queue.consume(topic, handler, options);
  }

  wake(topic: Topic): void {
    if (this.#consumed.has(topic)) this.#on.queue.wake(topic);
    else this.#hint(topic);
  }

  depth(topic: Topic): number {
    return this.#on.queue.depth(topic);
  }

  /** What is published from now on is for others. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#consumed.clear();
    for (const [topic, timer] of this.#soon) {
      timer.cancel();
      this.#on.broadcast.publish("work", topic);
    }
    this.#soon.clear();
    await this.#on.queue.stop();
  }

  /** The first of a crowd waits too: it goes with all that come meanwhile. */
  #hint(topic: Topic): void {
    if (this.#soon.has(topic)) return;
    const timer = this.#on.clock.after(this.#on.everyMs, () => {
      this.#soon.delete(topic);
      this.#on.broadcast.publish("work", topic);
    });
    this.#soon.set(topic, timer);
  }

  /** An empty subject says that hints may have been lost: all is looked at. */
  #hear(subject: string): void {
    for (const topic of this.#consumed) if (subject === "" || subject === topic) this.#on.queue.wake(topic);
  }
}
