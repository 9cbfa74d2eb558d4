import type { TopicPartitionOffset } from "kafkajs";
import type { Owned } from "./assigner.ts";
import { PartitionOffsets } from "./partition-offsets.ts";

interface Held {
  topic: string;
  partition: number;
  offsets: PartitionOffsets;
  committed: bigint | undefined;
}

const keyOf = (topic: string, partition: number): string => `${topic} ${partition}`;

/** What a member of a group has: its partitions, and how far each is. */
export class GroupPlace {
  #held = new Map<string, Held>();
  #owned: Owned = { since: 0, owned: {} };

  get owned(): Owned {
    return this.#owned;
  }

  /** Takes what it is given at `at` (ms since 1970), and gives where to go on with what it had before. */
  join(assignment: Readonly<Record<string, number[]>>, at: number): TopicPartitionOffset[] {
    const before = this.#held;
    this.#held = new Map();
    this.#owned = { since: at, owned: { ...assignment } };
    const kept: TopicPartitionOffset[] = [];
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const key = keyOf(topic, partition);
        const held = before.get(key) ?? { topic, partition, offsets: new PartitionOffsets(), committed: undefined };
        this.#held.set(key, held);
        const { next } = held.offsets;
        if (next !== undefined) kept.push({ topic, partition, offset: String(next) });
      }
    }
    return kept;
  }

  /**
   * Undefined where the partition is another's. `end` is the offset behind the last record: where that lies before what was
   * taken already, the topic was made anew, and all of it is new.
   */
  offsetsOf(topic: string, partition: number, end: bigint): PartitionOffsets | undefined {
    const held = this.#held.get(keyOf(topic, partition));
    if (held === undefined) return undefined;
    if (held.offsets.next !== undefined && end < held.offsets.next) {
      held.offsets = new PartitionOffsets();
      held.committed = undefined;
    }
    return held.offsets;
  }

  uncommitted(): TopicPartitionOffset[] {
    return [...this.#held.values()].flatMap(({ topic, partition, offsets, committed }) => {
      const { committable } = offsets;
      return committable === undefined || committable === committed
        ? []
        : [{ topic, partition, offset: String(committable) }];
    });
  }

  committed(given: readonly TopicPartitionOffset[]): void {
    for (const { topic, partition, offset } of given) {
      const held = this.#held.get(keyOf(topic, partition));
      if (held !== undefined) held.committed = BigInt(offset);
    }
  }
}
