import zlib from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createClient } from "../../../packages/server/src/lib/kafka/client.ts";
import { withAdmin } from "../../../packages/server/src/lib/kafka/with-admin.ts";
import { SeededRandom } from "../../../packages/server/src/lib/seeded-random.ts";
import { type SourceBench, sourceConformance } from "../../../packages/server/src/sources/testing/conformance.ts";
import {
  mapping,
  record,
  SourceWorld,
  until,
} from "../../../packages/server/src/sources/testing/source-world.conformance.ts";
import { settingsOf } from "../kafka/settings.ts";
import { type Kafka, startKafka } from "../servers/kafka.ts";
import { type KafkaVersion, whyNoKafka } from "../servers/kafka-programs.ts";

let topics = 0;
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sessionTimeoutMs = 6000;

const reading: SourceBench["reading"] = {
  clientId: "tidings-test",
  guard: { allowPrivateNetwork: true },
  connectTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  sessionTimeoutMs,
  fetchBytes: 65_536,
};

export interface KafkaSourceBench extends SourceBench {
  topic: string;
}

interface KafkaBenchOptions {
  partitions?: number;
  key?: (index: number) => string;
  /** How the broker packs what it is given. */
  packing?: string;
}

export async function openKafkaBench(
  { brokers }: Pick<Kafka, "brokers">,
  { partitions = 2, key = () => "one", packing = "producer" }: KafkaBenchOptions = {},
): Promise<KafkaSourceBench> {
  topics += 1;
  const topic = `source-${topics}`;
  const settings = settingsOf({ brokers }, "unused");
  const create = () =>
    withAdmin(settings, async (admin) => {
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, configEntries: [{ name: "compression.type", value: packing }] }],
      });
    });
  await create();
  const producer = createClient(settings).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    topic,
    reading,
    document: { type: "kafka", brokers: [brokers], topic, group: `group-${topic}` },
    meta: { path: "key", expected: "one" },
    many: 1000,
    ordered: true,
    patienceMs: sessionTimeoutMs,
    send: async (sent) => {
      const messages = sent.map(({ value, headers = {} }, index) => ({
        key: key(index),
        value: typeof value === "string" ? value : JSON.stringify(value),
        headers,
      }));
      await producer.send({ topic, messages, acks: -1 });
    },
    create,
    remove: () => withAdmin(settings, (admin) => admin.deleteTopics({ topics: [topic] })),
    close: () => producer.disconnect(),
  };
}

/** In CI a missing Kafka is a failure. */
export function kafkaSourceSuite(version: KafkaVersion): void {
  const reason = whyNoKafka(version);
  const name = `Kafka ${version}${reason === undefined ? "" : ` (${reason})`}`;
  describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(name, () => {
    let kafka: Kafka;
    beforeAll(async () => {
      kafka = await startKafka({ version, secure: true });
    });
    afterAll(() => kafka?.remove());
    sourceConformance(name, () => openKafkaBench(kafka));
    ownCases(() => kafka);
  });
}

function ownCases(kafka: () => Kafka): void {
  const start = async (more: object = {}, options: KafkaBenchOptions = {}) => {
    const bench = await openKafkaBench(kafka(), options);
    const world = await SourceWorld.open(bench.reading);
    await world.put({ ...bench.document, mapping, ...more });
    return { bench, world };
  };

  test("a group that begins at the end takes all that comes from then on, though its first process is killed at once", async () => {
    const { bench, world } = await start({ start: "latest" });
    await bench.send([{ value: record(1) }]);
    const first = world.process();
    await until("the group has begun", async () => (await committed(kafka(), bench)).length > 0);
    await first.stop();
    await bench.send([{ value: record(2) }]);
    world.process();
    await until("what came then is an event", () => world.accepted.size === 1);
    expect(world.numbers).toEqual([2]);
    await world.close();
    await bench.close();
  });

  test("a user with a password reads over TLS, and a wrong one is told", async () => {
    const { secure } = kafka();
    if (secure === undefined) return expect.unreachable();
    const { readFileSync } = await import("node:fs");
    const reached = {
      brokers: [secure.brokers],
      tls: "verify",
      ca: readFileSync(secure.caPath, "utf8"),
      user: secure.username,
    };
    const { bench, world } = await start({ ...reached, secrets: { password: "wrong" } });
    world.process();
    await until("it is told", () => world.told.includes("orders unreadable"));
    await world.put({ ...bench.document, mapping, ...reached, secrets: { password: secure.password } });
    await bench.send([{ value: record(1) }]);
    await until("it is an event", () => world.accepted.size === 1);
    expect(JSON.stringify((await world.api.call("/v1/sources/orders")).json)).not.toContain(secure.password);
    await world.close();
    await bench.close();
  });

  test.each(["gzip", "snappy", "lz4"])(
    "records that are packed by %s, as others pack them, are read",
    async (packing) => {
      const { bench, world } = await start({}, { packing });
      const random = new SeededRandom(7);
      const values = range(100).map((number) => {
        const noise = random.bytes(random.int(1500)).toString("base64");
        return record(number, {
          template_data: { number, noise, text: "again and again ".repeat(number), twice: noise },
        });
      });
      await bench.send(values.map((value) => ({ value })));
      world.process();
      await until("all are events", () => world.accepted.size === values.length);
      expect([...world.accepted.values()].map(({ data }) => data)).toEqual(
        values.map(({ template_data }) => template_data),
      );
      await world.close();
      await bench.close();
    },
  );

  test("records that Node cannot unpack are told, and wait", async () => {
    const { bench, world } = await start({}, { packing: "zstd" });
    await bench.send(range(100).map((number) => ({ value: record(number) })));
    world.process();
    const canUnpack = "zstdDecompressSync" in zlib;
    await until("it is read or told", () => world.accepted.size === 100 || world.told.includes("orders unreadable"));
    expect(world.accepted.size).toBe(canUnpack ? 100 : 0);
    expect(await world.letters()).toEqual([]);
    await world.close();
    await bench.close();
  });

  test("brokers at addresses that are not public are not connected to, unless that is allowed", async () => {
    const bench = await openKafkaBench(kafka());
    const world = await SourceWorld.open({ ...bench.reading, guard: { allowPrivateNetwork: false } });
    await world.put({ ...bench.document, mapping });
    await bench.send([{ value: record(1) }]);
    world.process();
    await until("it is told", () => world.told.includes("orders unreadable"));
    expect(world.accepted.size).toBe(0);
    await world.close();
    await bench.close();
  });
}

function committed({ brokers }: Kafka, { topic }: KafkaSourceBench): Promise<number[]> {
  return withAdmin(settingsOf({ brokers }, "unused"), async (admin) => {
    const [known] = await admin.fetchOffsets({ groupId: `group-${topic}`, topics: [topic] });
    return (known?.partitions ?? []).map(({ offset }) => Number(offset)).filter((offset) => offset >= 0);
  });
}
