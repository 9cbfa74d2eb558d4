import { withAdmin } from "../../lib/kafka/with-admin.ts";
import type { Clock } from "../../ports/clock.ts";
import type { QueueItem, Topic } from "../../ports/queue.ts";
import { placeOfTopic } from "../../ports/topic.ts";
import type { Broker, Take } from "../broker/broker.ts";
import { GroupConsumer } from "./group-consumer.ts";
import { Publisher } from "./publisher.ts";
import type { KafkaSettings, OnFault } from "./settings.ts";
import { ensureTopics, nameOfTopic, refuseLosingTopics } from "./topics.ts";

export interface KafkaBrokerParts {
  settings: KafkaSettings;
  clock: Clock;
  onFault: OnFault;
}

/** How long what waits is still sent when the process ends. */
const flushMaxMs = 3000;

/** Members of a group share its topics. One for each lane: a lane that is full holds up no other. */
export function groupOf(prefix: string, topic: Topic): string {
  const { stage, lane } = placeOfTopic(topic);
  return `${prefix}.${stage === "delivery" ? "deliver" : "orchestrate"}.${lane}`;
}

/** Makes the topics that are missing, and refuses those that would lose what they acknowledged. */
export function prepareKafka(settings: KafkaSettings): Promise<void> {
  return withAdmin(settings, async (admin) => {
    await ensureTopics(admin, settings);
    await refuseLosingTopics(admin, settings);
  });
}

/** Apache Kafka as a broker of ids: a topic each, and a group for each stage and lane. */
export class KafkaBroker implements Broker {
  readonly #parts: KafkaBrokerParts;
  readonly #publisher: Publisher;
  readonly #takes = new Map<Topic, Take>();
  readonly #consumers = new Map<string, GroupConsumer>();
  #starting = false;
  #stopped = false;

  constructor(parts: KafkaBrokerParts) {
    this.#parts = parts;
    this.#publisher = new Publisher(parts);
  }

  get isWell(): boolean {
    return this.#publisher.isWell;
  }

  publish(topic: Topic, items: readonly QueueItem[]): void {
    this.#publisher.publish(topic, items);
  }

  consume(topic: Topic, take: Take): void {
    this.#takes.set(topic, take);
    if (this.#starting) return;
    this.#starting = true;
    // A group is joined once all of its topics are known.
    this.#parts.clock.after(0, () => this.#start());
  }

  flow(topic: Topic, isWanted: boolean): void {
    const { prefix } = this.#parts.settings;
    this.#consumers.get(groupOf(prefix, topic))?.flow(nameOfTopic(prefix, topic), isWanted);
  }

  async stopConsuming(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#consumers.values()].map((consumer) => consumer.stop()));
  }

  close(): Promise<void> {
    return this.#publisher.close(flushMaxMs);
  }

  #start(): void {
    if (this.#stopped) return;
    const { settings, clock, onFault } = this.#parts;
    const groups = new Map<string, Map<string, Take>>();
    for (const [topic, take] of this.#takes) {
      const groupId = groupOf(settings.prefix, topic);
      const takes = groups.get(groupId) ?? new Map<string, Take>();
      groups.set(groupId, takes.set(nameOfTopic(settings.prefix, topic), take));
    }
    for (const [groupId, takes] of groups)
      this.#consumers.set(groupId, new GroupConsumer({ settings, groupId, takes, clock, onFault }));
  }
}
