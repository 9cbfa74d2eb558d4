import type { Admin } from "kafkajs";
import kafkajs from "kafkajs";
import type { Topic } from "../../ports/queue.ts";
import { allTopics } from "../../ports/topic.ts";
import { refusedTopicSettings } from "./losing-settings.ts";
import type { KafkaSettings } from "./settings.ts";

/** How long records are kept: far longer than an outage of those who read them. */
const retentionMs = 7 * 24 * 3_600_000;

const retryMs = 100;

export const nameOfTopic = (prefix: string, topic: Topic): string => `${prefix}.${topic}`;

/** Makes the topics that are missing. Two processes may do so at once. */
export async function ensureTopics(admin: Admin, settings: KafkaSettings): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = allTopics.map((topic) => nameOfTopic(settings.prefix, topic)).filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const copies = settings.replicationFactor;
  await admin.createTopics({
    // That would give up where a broker has not heard of a new topic yet.
    waitForLeaders: false,
    timeout: settings.requestTimeoutMs,
    topics: missing.map((topic) => ({
      topic,
      numPartitions: settings.partitions,
      replicationFactor: copies === 0 ? -1 : copies,
      configEntries: [
        { name: "cleanup.policy", value: "delete" },
        { name: "retention.ms", value: String(retentionMs) },
        { name: "unclean.leader.election.enable", value: "false" },
        // Where there are several copies, what is acknowledged is in two.
        ...(copies > 1 ? [{ name: "min.insync.replicas", value: "2" }] : []),
      ],
    })),
  });
  await untilLed(admin, missing, settings.requestTimeoutMs);
}

/** That a topic has been made is known before its leaders know that they lead it. */
async function untilLed(admin: Admin, names: readonly string[], withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (const name of names) {
    for (;;) {
      try {
        await admin.fetchTopicOffsets(name);
        break;
      } catch (error) {
        if (performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}

/** Refuses topics that would lose what they acknowledged, by the name of what is set wrongly. */
export async function refuseLosingTopics(admin: Admin, settings: KafkaSettings): Promise<void> {
  const names = allTopics.map((topic) => nameOfTopic(settings.prefix, topic));
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const copies = new Map(
    topics.map(({ name, partitions }) => [name, Math.min(...partitions.map(({ replicas }) => replicas.length))]),
  );
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  const faults = resources.flatMap(({ resourceName, configEntries }) => {
    const values = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    return refusedTopicSettings(values, copies.get(resourceName) ?? 1).map((fault) => `${resourceName}: ${fault}`);
  });
  if (faults.length > 0) throw new Error(`Kafka would lose what it acknowledged: ${faults.join("; ")}`);
}
