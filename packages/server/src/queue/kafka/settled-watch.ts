import type { Admin } from "kafkajs";
import { createClient } from "../../lib/kafka/client.ts";
import type { Topic } from "../../ports/queue.ts";
import { allTopics } from "../../ports/topic.ts";
import type { SettledLooks } from "../broker/broker.ts";
import { groupOf } from "./kafka.ts";
import type { KafkaSettings } from "./settings.ts";
import { type Offsets, SettledTimes } from "./settled-times.ts";
import { nameOfTopic } from "./topics.ts";

/** Asks the broker how far the topics have been settled. */
export class SettledWatch implements SettledLooks {
  readonly #settings: KafkaSettings;
  readonly #times = new Map(allTopics.map((topic) => [topic, new SettledTimes()]));
  #admin: Admin | undefined;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  async look(now: () => number): Promise<Map<Topic, number>> {
    try {
      this.#admin ??= await this.#connect();
      const found = new Map<Topic, number>();
      const committed = await this.#committed(this.#admin);
      for (const topic of allTopics) {
        const name = nameOfTopic(this.#settings.prefix, topic);
        const at = now();
        const { ends, starts } = await endsOf(this.#admin, name);
        const settled = atLeast(committed.get(name) ?? new Map(), starts);
        found.set(topic, this.#times.get(topic)?.look(at, ends, settled) ?? 0);
      }
      return found;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.disconnect().catch(() => {});
  }

  async #connect(): Promise<Admin> {
    const admin = createClient(this.#settings).admin();
    await admin.connect();
    return admin;
  }

  async #committed(admin: Admin): Promise<Map<string, Offsets>> {
    const { prefix } = this.#settings;
    const groups = new Map<string, string[]>();
    for (const topic of allTopics) {
      const group = groupOf(prefix, topic);
      groups.set(group, [...(groups.get(group) ?? []), nameOfTopic(prefix, topic)]);
    }
    const found = new Map<string, Offsets>();
    for (const [groupId, topics] of groups) {
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics }))
        found.set(topic, new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)])));
    }
    return found;
  }
}

async function endsOf(admin: Admin, topic: string): Promise<{ ends: Offsets; starts: Offsets }> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return {
    ends: new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)])),
    starts: new Map(partitions.map(({ partition, low }) => [partition, BigInt(low)])),
  };
}

/** What lies before a partition's start is gone, and need not be waited for. */
function atLeast(committed: Offsets, starts: Offsets): Offsets {
  return new Map(
    [...starts].map(([partition, start]) => {
      const offset = committed.get(partition) ?? -1n;
      return [partition, offset < start ? start : offset];
    }),
  );
}
