import { readFileSync } from "node:fs";
import { Kafka, type KafkaConfig, logLevel, type SASLOptions } from "kafkajs";
import type { AddressGuardSettings } from "../address-guard.ts";
import type { KafkaAddress } from "../kafka-address.ts";
import { knowCodecs } from "./codecs.ts";
import { guardedSocket } from "./guarded-socket.ts";
import { quietIdleTimer } from "./idle-timer.ts";

export type SaslMechanism = "scram-sha-512" | "scram-sha-256" | "plain";

/** How a Kafka is reached. */
export interface KafkaConnection extends Pick<KafkaAddress, "brokers" | "user"> {
  /** `ca`: certificates (PEM); `caFile`: a file of them. Those that Node trusts where there is neither. */
  tls: { mode: "verify" | "off"; caFile?: string; ca?: string | undefined };
  mechanism: SaslMechanism;
  /** Name of this process, seen in the broker's log. */
  clientId: string;
  connectTimeoutMs: number;
  requestTimeoutMs: number;
  /** Which addresses may be connected to, those that brokers tell of too; all where left out. */
  guard?: AddressGuardSettings;
}

quietIdleTimer();
knowCodecs();

/**
 * A client for one producer, consumer or admin: it writes into the object that holds the password, and a second one would
 * take that for another password (docs/decisions/0010).
 */
export function createClient(settings: KafkaConnection): Kafka {
  const config: KafkaConfig = {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: settings.connectTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    // What it would log is told as faults, once each and without what it holds.
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1000 },
  };
  if (settings.tls.mode === "verify") config.ssl = tlsOf(settings.tls);
  if (settings.user !== undefined) config.sasl = saslOf(settings);
  if (settings.guard !== undefined) config.socketFactory = guardedSocket(settings.guard);
  return new Kafka(config);
}

function tlsOf({ ca, caFile = "" }: KafkaConnection["tls"]): NonNullable<KafkaConfig["ssl"]> {
  const trusted = ca ?? (caFile === "" ? undefined : readFileSync(caFile, "utf8"));
  return { rejectUnauthorized: true, ...(trusted === undefined ? {} : { ca: trusted }) };
}

function saslOf({ mechanism, user }: KafkaConnection): SASLOptions {
  const given = { username: user?.name ?? "", password: user?.password ?? "" };
  // The type of each mechanism is one of its own.
  if (mechanism === "plain") return { mechanism, ...given };
  return mechanism === "scram-sha-256" ? { mechanism, ...given } : { mechanism, ...given };
}
