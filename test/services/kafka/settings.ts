import type { KafkaSettings } from "../../../packages/server/src/queue/kafka/settings.ts";
import type { Kafka } from "../servers/kafka.ts";

/** How a test's own Kafka is reached in clear; a prefix has topics and groups of its own. */
export function settingsOf({ brokers }: Pick<Kafka, "brokers">, prefix: string): KafkaSettings {
  return {
    brokers: [brokers],
    prefix,
    user: undefined,
    tls: { mode: "off", caFile: "" },
    mechanism: "scram-sha-512",
    clientId: "tidings-test",
    connectTimeoutMs: 5000,
    requestTimeoutMs: 10_000,
    sessionTimeoutMs: 6000,
    partitions: 2,
    replicationFactor: 0,
    fetchBytes: 65_536,
    publishBatchMax: 2000,
    publishWaitingMax: 20_000,
  };
}
