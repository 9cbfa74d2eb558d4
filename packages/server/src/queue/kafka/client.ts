import { readFileSync } from "node:fs";
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import { quietIdleTimer } from "./idle-timer.ts";
import type { KafkaSettings } from "./settings.ts";

quietIdleTimer();

/**
 * A client for one producer, consumer or admin: it writes into the object that holds the password, and a second one would
 * take that for another password (docs/decisions/0010).
 */
export function createClient(settings: KafkaSettings): Kafka {
  const config: KafkaConfig = {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: settings.connectTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    // What it would log is told as faults, once each and without what it holds.
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 },
  };
  if (settings.tls.mode === "verify") config.ssl = tlsOf(settings.tls.caFile);
  if (settings.user !== undefined) config.sasl = saslOf(settings);
  return new Kafka(config);
}

function tlsOf(caFile: string): NonNullable<KafkaConfig["ssl"]> {
  return { rejectUnauthorized: true, ...(caFile === "" ? {} : { ca: readFileSync(caFile, "utf8") }) };
}

function saslOf({ mechanism, user }: KafkaSettings): SASLOptions {
  const given = { username: user?.name ?? "", password: user?.password ?? "" };
  // The type of each mechanism is one of its own.
  if (mechanism === "plain") return { mechanism, ...given };
  return mechanism === "scram-sha-256" ? { mechanism, ...given } : { mechanism, ...given };
}
