import type { Clock, Timer } from "../../ports/clock.ts";
import type { ConsumeOptions, Queue, QueueHandler, QueueItem, Topic } from "../../ports/queue.ts";
import type { EmbeddedQueue } from "../embedded.ts";
import type { Broker } from "./broker.ts";
import { type Arrival, Line } from "./line.ts";

export interface BrokeredQueueOptions {
  broker: Broker;
  /** What is held in memory, and looks into the store for timers and for what the broker lost. */
  rows: Pick<EmbeddedQueue, "offer">;
  /** The same with hints to other processes. */
  hinted: Queue;
  /** Makes what was given to this process, and is not settled, anybody's in the store, and tells others. */
  giveUp: (topic: Topic, ids: readonly string[]) => Promise<void>;
  clock: Clock;
  itemsMax: number;
  pollMs: number;
}

/**
 * Where a broker carries ids from process to process. What this process has room for goes on in its memory; the rest is
 * published, and whoever gets it holds it as if it had found it in the store. What waits for a time, or was lost on the
 * way, is found in the store. While the broker is away rows are free, as without a broker: a look takes them.
 */
export class BrokeredQueue implements Queue {
  readonly #on: BrokeredQueueOptions;
  /** Of the topics consumed here. */
  readonly #lines = new Map<Topic, Line>();
  /** Topics whose flow is stopped, with the next look for room. */
  readonly #heldUp = new Map<Topic, Timer>();
  #stopped = false;

  constructor(options: BrokeredQueueOptions) {
    this.#on = options;
  }

  publish(topic: Topic, items: readonly QueueItem[]): void {
    if (items.length === 0) return;
    const { broker, hinted } = this.#on;
    if (this.#hasRoom(topic) || !broker.isWell) hinted.publish(topic, items);
    else broker.publish(topic, items);
  }

  consume(topic: Topic, handler: QueueHandler, options: ConsumeOptions): void {
    this.#lines.set(topic, new Line());
    this.#on.hinted.consume(topic, handler, options);
    this.#on.broker.consume(topic, (item, settled) => this.#take(topic, { item, settled }));
  }

  wake(topic: Topic): void {
    this.#on.hinted.wake(topic);
  }

  depth(topic: Topic): number {
    return this.#on.hinted.depth(topic) + (this.#lines.get(topic)?.waiting ?? 0);
  }

  /**
   * What waits here is given to others at once, by the store: the stages let go of it as they stop, and the broker would
   * take it for settled; and what it still has comes to others only once its members have shared it out anew.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    const { broker, hinted } = this.#on;
    const givenUp = Array.from(this.#lines, ([topic, line]) => this.#giveUp(topic, line.giveUp()));
    // Handlers that end meanwhile may have something to publish.
    await Promise.all([...givenUp, broker.stopConsuming(), hinted.stop()]);
    await broker.close();
  }

  async #giveUp(topic: Topic, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#on.giveUp(topic, ids);
  }

  /** Half of the room is for what others publish. */
  #hasRoom(topic: Topic): boolean {
    return !this.#stopped && this.#lines.has(topic) && this.depth(topic) * 2 <= this.#on.itemsMax;
  }

  #take(topic: Topic, arrival: Arrival): void {
    const line = this.#lines.get(topic);
    if (line === undefined || this.#stopped) return;
    line.open.add(arrival);
    if (line.arrived.length > 0 || !this.#offer(topic, arrival)) line.arrived.push(arrival);
    if (!this.#hasRoom(topic)) this.#holdUp(topic);
  }

  #offer(topic: Topic, arrival: Arrival): boolean {
    return this.#on.rows.offer(topic, arrival.item, (settled) => {
      if (settled) this.#lines.get(topic)?.settle(arrival);
      else this.#takeLater(topic, arrival);
      this.#offerArrived(topic);
      this.#goOnWithRoom(topic);
    });
  }

  #offerArrived(topic: Topic): void {
    const arrived = this.#lines.get(topic)?.arrived ?? [];
    // Taken out first, as what is handled at once comes back here within the offer.
    for (let first = arrived.shift(); first !== undefined; first = arrived.shift()) {
      if (this.#offer(topic, first)) continue;
      arrived.unshift(first);
      return;
    }
  }

  /** Stops the flow until there is room; what fills it may be none of what came this way, so it is looked for too. */
  #holdUp(topic: Topic): void {
    if (this.#heldUp.has(topic)) return;
    this.#lookForRoom(topic);
    this.#on.broker.flow(topic, false);
  }

  #lookForRoom(topic: Topic): void {
    const timer = this.#on.clock.after(this.#on.pollMs, () => {
      if (this.#stopped) return;
      this.#lookForRoom(topic);
      this.#offerArrived(topic);
      this.#goOnWithRoom(topic);
    });
    this.#heldUp.set(topic, timer);
  }

  #goOnWithRoom(topic: Topic): void {
    const timer = this.#heldUp.get(topic);
    if (timer === undefined || !this.#hasRoom(topic)) return;
    timer.cancel();
    this.#heldUp.delete(topic);
    this.#on.broker.flow(topic, true);
  }

  /** Its handler threw: the store could not say what became of it. At once it would come again without end. */
  #takeLater(topic: Topic, arrival: Arrival): void {
    const line = this.#lines.get(topic);
    if (line === undefined || this.#stopped) return;
    line.failed.push(arrival);
    if (line.failed.length > 1) return;
    this.#on.clock.after(this.#on.pollMs, () => {
      for (const failed of line.failed.splice(0)) this.#take(topic, failed);
    });
  }
}
