import type { KafkaSourceBody } from "@tidings/contract/sources";
import type { AddressGuardSettings } from "../../lib/address-guard.ts";
import type { KafkaConnection } from "../../lib/kafka/client.ts";
import { isLoopbackHost } from "../../lib/loopback-host.ts";
import type { EventSource, EventSourceParts } from "../../ports/event-source.ts";
import { KafkaSource } from "./kafka-source.ts";

export interface KafkaReading {
  clientId: string;
  guard: AddressGuardSettings;
  connectTimeoutMs: number;
  requestTimeoutMs: number;
  sessionTimeoutMs: number;
  fetchBytes: number;
}

const concurrencyDefault = 4;
const batchDefault = 250;

export function openKafkaSource(
  document: KafkaSourceBody,
  { password }: Readonly<Record<string, string>>,
  parts: EventSourceParts,
  reading: KafkaReading,
): EventSource {
  const { topic, group, start = "earliest", limits = {} } = document;
  return new KafkaSource(
    {
      topic,
      group,
      start,
      concurrency: limits.concurrency ?? concurrencyDefault,
      batchMax: limits.batchMax ?? batchDefault,
      sessionTimeoutMs: reading.sessionTimeoutMs,
      fetchBytes: reading.fetchBytes,
      connection: connectionOf(document, password, reading),
    },
    parts,
  );
}

/** Without TLS to this machine alone, unless the source says so. */
function connectionOf(
  { brokers, tls = "auto", ca, saslMechanism = "scram-sha-512", user }: KafkaSourceBody,
  password: string | undefined,
  { clientId, guard, connectTimeoutMs, requestTimeoutMs }: KafkaReading,
): KafkaConnection {
  const isNear = brokers.every((broker) => isLoopbackHost(broker.replace(/:\d+$/, "")));
  const mode = tls === "auto" ? (isNear ? "off" : "verify") : tls;
  return {
    brokers,
    user: user === undefined ? undefined : { name: user, password: password ?? "" },
    mechanism: saslMechanism,
    tls: { mode, ca },
    clientId,
    guard,
    connectTimeoutMs,
    requestTimeoutMs,
  };
}
