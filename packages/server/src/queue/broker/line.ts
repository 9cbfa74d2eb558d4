import type { QueueItem } from "../../ports/queue.ts";

/** What a broker gave; `settled` tells it so. */
export interface Arrival {
  item: QueueItem;
  settled: () => void;
}

/** What came of one topic. */
export class Line {
  /** What came and had no room: at most what the broker gives before it stops. */
  arrived: Arrival[] = [];
  /** What a handler threw at: it waits for the next poll, and takes room meanwhile. */
  failed: Arrival[] = [];
  /** All that is not settled: with those, what is in memory or in hands. */
  readonly open = new Set<Arrival>();

  /** What takes room beside what is in memory. */
  get waiting(): number {
    return this.arrived.length + this.failed.length;
  }

  settle(arrival: Arrival): void {
    this.open.delete(arrival);
    arrival.settled();
  }

  /** Lets go of all, and gives the ids. */
  giveUp(): string[] {
    const ids = new Set(Array.from(this.open, ({ item }) => item.id));
    this.open.clear();
    this.arrived = [];
    this.failed = [];
    return [...ids];
  }
}
