import type { KafkaConnection } from "../../lib/kafka/client.ts";
import type { KafkaAddress } from "../../lib/kafka-address.ts";

/** How a Kafka is reached, and the bounds of what is given to it and taken. */
export interface KafkaSettings extends KafkaConnection, KafkaAddress {
  /** A member that was not heard of for so long loses its partitions. */
  sessionTimeoutMs: number;
  /** Partitions of topics that are made. */
  partitions: number;
  /** Copies of topics that are made; 0 leaves it to the broker. */
  replicationFactor: number;
  /** Bytes of one partition fetched at once. */
  fetchBytes: number;
  /** Items in one request to publish. */
  publishBatchMax: number;
  /** Items of one topic that wait to be published; further ones are left to the store. */
  publishWaitingMax: number;
}

/** Tells of faults that somebody has to see, by the part that met them. */
export type OnFault = (part: string, error: unknown) => void;
