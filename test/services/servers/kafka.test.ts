import { readFileSync } from "node:fs";
import { Kafka as Client, type KafkaConfig, logLevel, Partitioners } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Kafka, startKafka } from "./kafka.ts";
import { type KafkaVersion, whyNoKafka } from "./kafka-programs.ts";

const versions: readonly KafkaVersion[] = ["3.9", "4"];

// In CI a missing server is a failure; elsewhere the suite is skipped, and its name says why.
for (const version of versions) {
  const reason = whyNoKafka(version);
  const name = `Kafka ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => behaviours(version));
}

function behaviours(version: KafkaVersion): void {
  let server: Kafka;

  beforeAll(async () => {
    server = await startKafka({ version, secure: true, settings: { "num.partitions": "3" } });
  });

  afterAll(() => server?.remove());

  it("is the version that was asked for, with the settings that were", async () => {
    const release = /Kafka version: (\S+)/.exec(server.log())?.[1];
    console.log(`Kafka ${release}`);
    expect(release?.split(".").slice(0, version.split(".").length).join(".")).toBe(version);
    await makeTopic(server, "settings");
    const admin = clientOf({ brokers: [server.brokers] }).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ["settings"] });
    await admin.disconnect();
    expect(topics[0]?.partitions).toHaveLength(3);
  });

  it("keeps what it took over kill -9 and over an orderly stop", async () => {
    await makeTopic(server, "kept");
    const client = clientOf({ brokers: [server.brokers] });
    await produce(client, "kept", ["one", "two"]);
    const killed = server.pid;
    await server.kill9();
    await server.restart();
    expect(server.pid).not.toBe(killed);
    expect(await consume(client, "kept", 2)).toEqual(["one", "two"]);
    await produce(client, "kept", ["three"]);
    await server.restart();
    expect(await consume(client, "kept", 3)).toEqual(["one", "three", "two"]);
  });

  it.each(["plain", "scram-sha-256", "scram-sha-512"] as const)(
    "lets its user in over TLS with %s",
    async (mechanism) => {
      const { brokers, caPath, username, password } = secureOf(server);
      const topic = `secure-${mechanism}`;
      await makeTopic(server, topic);
      const ssl = { ca: readFileSync(caPath, "utf8") };
      const config = { brokers: [brokers], ssl };
      const client = clientOf({ ...config, sasl: saslOf(mechanism, username, password) });
      await produce(client, topic, [mechanism]);
      expect(await consume(client, topic, 1)).toEqual([mechanism]);
      const stranger = clientOf({
        ...config,
        sasl: saslOf(mechanism, username, "wrong"),
        retry: { retries: 0 },
      }).admin();
      await expect(stranger.connect()).rejects.toThrow(/authenticat/i);
    },
  );
}

function secureOf({ secure }: Kafka): NonNullable<Kafka["secure"]> {
  if (secure === undefined) throw new Error("the server was started without a secure listener");
  return secure;
}

function saslOf(mechanism: "plain" | "scram-sha-256" | "scram-sha-512", username: string, password: string) {
  // The type of each mechanism is one of its own.
  if (mechanism === "plain") return { mechanism, username, password };
  return mechanism === "scram-sha-256" ? { mechanism, username, password } : { mechanism, username, password };
}

function clientOf(config: KafkaConfig): Client {
  return new Client({ clientId: "servers-test", logLevel: logLevel.NOTHING, ...config });
}

async function makeTopic(server: Kafka, topic: string): Promise<void> {
  const admin = clientOf({ brokers: [server.brokers] }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
  await admin.disconnect();
}

async function produce(client: Client, topic: string, values: readonly string[]): Promise<void> {
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

/** All that a topic holds, sorted, once there are as many. */
async function consume(client: Client, topic: string, count: number): Promise<string[]> {
  const consumer = client.consumer({ groupId: `group-${crypto.randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.on("consumer.crash", ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values.sort();
}
