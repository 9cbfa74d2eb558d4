import type { KafkaConnection } from "../../lib/kafka/client.ts";

export interface KafkaSourceSettings {
  connection: KafkaConnection;
  topic: string;
  group: string;
  start: "earliest" | "latest";
  /** Partitions worked on at once. */
  concurrency: number;
  /** Records of a partition that are taken together. */
  batchMax: number;
  sessionTimeoutMs: number;
  /** Of one partition at once. */
  fetchBytes: number;
}
