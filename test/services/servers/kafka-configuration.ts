import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Certificates } from "./certificates.ts";
import type { KafkaVersion } from "./kafka-programs.ts";

export const username = "tidings";
export const password = "tidings-secret";
export const scramMechanisms = ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const;

export interface Ports {
  plain: number;
  controller: number;
  secure: number;
  away: number;
}

/** Writes server.properties of a single node, broker and controller in one, and gives its path. */
export function writeConfiguration(
  folder: string,
  ports: Ports,
  certificates: Certificates | undefined,
  address: string | undefined,
  settings: Readonly<Record<string, string>>,
): string {
  const path = join(folder, "server.properties");
  const listeners = [`PLAINTEXT://127.0.0.1:${ports.plain}`];
  if (certificates !== undefined) listeners.push(`SASL_SSL://127.0.0.1:${ports.secure}`);
  // Whoever comes to it is told of it, and not of the one on loopback.
  if (address !== undefined) listeners.push(`AWAY://${address}:${ports.away}`);
  const lines: Readonly<Record<string, string>> = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
    "controller.listener.names": "CONTROLLER",
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${ports.controller}`].join(","),
    "advertised.listeners": listeners.join(","),
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,AWAY:PLAINTEXT",
    "log.dirs": join(folder, "data"),
    // a single node keeps single copies
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    // tests say which topics there are, and wait for no latecomers of a group
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    // a killed broker comes back when its old self is given up: 9 s unless told otherwise
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    ...(certificates === undefined ? {} : security(folder, certificates)),
    ...settings,
  };
  const entries = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(path, entries.join(""));
  return path;
}

/** The listener that wants TLS and a user; it has the user in all three ways that vendors of Kafka offer. */
function security(folder: string, { certificatePath, keyPath }: Certificates): Record<string, string> {
  const keystore = join(folder, "keystore.pem");
  writeFileSync(keystore, readFileSync(keyPath, "utf8") + readFileSync(certificatePath, "utf8"), { mode: 0o600 });
  const listener = "listener.name.sasl_ssl";
  const modules = "org.apache.kafka.common.security";
  const plain = `${modules}.plain.PlainLoginModule required user_${username}="${password}";`;
  const scram = scramMechanisms.map((name) => [
    `${listener}.${name.toLowerCase()}.sasl.jaas.config`,
    `${modules}.scram.ScramLoginModule required;`,
  ]);
  return {
    [`${listener}.ssl.keystore.type`]: "PEM",
    [`${listener}.ssl.keystore.location`]: keystore,
    [`${listener}.sasl.enabled.mechanisms`]: [...scramMechanisms, "PLAIN"].join(","),
    [`${listener}.plain.sasl.jaas.config`]: plain,
    ...Object.fromEntries(scram),
  };
}

/** Arguments for Java: version 3.9 says nothing unless it is told where to, and what 4 says has no time. */
export function logTo(version: KafkaVersion, folder: string): string[] {
  const simple = "-Dorg.slf4j.simpleLogger";
  if (version !== "3.9") return [`${simple}.showDateTime=true`, `${simple}.dateTimeFormat=HH:mm:ss.SSS`];
  const path = join(folder, "log4j.properties");
  const lines = [
    "log4j.rootLogger=INFO, stdout",
    "log4j.appender.stdout=org.apache.log4j.ConsoleAppender",
    "log4j.appender.stdout.layout=org.apache.log4j.PatternLayout",
    "log4j.appender.stdout.layout.ConversionPattern=%d{HH:mm:ss.SSS} %p %m (%c)%n",
  ];
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return [`-Dlog4j.configuration=file:${path}`];
}
