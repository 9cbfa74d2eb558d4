import { Backoff } from "../../lib/backoff.ts";
import { withAdmin } from "../../lib/kafka/with-admin.ts";
import type { EventSource, EventSourceParts } from "../../ports/event-source.ts";
import type { KafkaSourceSettings } from "./kafka-source-settings.ts";
import { Membership } from "./membership.ts";

/**
 * A topic of an Apache Kafka, by kafkajs under the rules of docs/decisions/0010: a member of the group for as long as it is
 * wanted, replaced by a new one, later each time, after a fault.
 */
export class KafkaSource implements EventSource {
  readonly #settings: KafkaSourceSettings;
  readonly #parts: EventSourceParts;
  readonly #backoff: Backoff;
  #membership: Membership | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(settings: KafkaSourceSettings, parts: EventSourceParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#backoff = new Backoff(parts.clock);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#backoff.end();
    this.#membership?.end();
    await this.#running;
  }

  /** Of the whole group: what lies behind the last committed offset of each partition. */
  lag(): Promise<number> {
    const { connection, topic, group, start } = this.#settings;
    return withAdmin(connection, async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const at = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return ends.reduce((sum, { partition, high, low }) => {
        const given = at.get(partition) ?? -1;
        const from = given >= 0 ? given : Number(start === "earliest" ? low : high);
        return sum + Math.max(0, Number(high) - from);
      }, 0);
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.#membership = new Membership(this.#settings, {
          ...this.#parts,
          onWell: () => {
            this.#backoff.reset();
            this.#parts.onWell();
          },
        });
        await this.#membership.attend();
      } catch (error) {
        if (!this.#stopped) this.#parts.onFault(error);
      }
      this.#membership = undefined;
      if (!this.#stopped) await this.#backoff.wait();
    }
  }
}
