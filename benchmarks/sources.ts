import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { request } from "undici";
import { z } from "zod";
import { createClient } from "../packages/server/src/lib/kafka/client.ts";
import { withAdmin } from "../packages/server/src/lib/kafka/with-admin.ts";
import { startChild, stopChild } from "../test/harness/child.ts";
import { cpuMicroseconds, residentMib } from "../test/harness/cpu.ts";
import { settingsOf } from "../test/services/kafka/settings.ts";
import { startKafka } from "../test/services/servers/kafka.ts";
import { measureLoad } from "./measure-load.ts";
import { journalled, median, taken } from "./measures.ts";
import { createWorld, type World } from "./world.ts";

/*
 * What a topic and a queue cost as sources, beside the same events over HTTP: they are filled first, then read; each record is
 * an event, a message and a call to a provider. Runs alternate, each on a fresh server.
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000" },
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    partitions: { type: "string", default: "4" },
  },
});
const events = Number(values.events);
const warmEvents = 2000;
const portSchema = z.object({ port: z.int() });

interface Figures {
  perSecond: number;
  cpuMicroseconds: number;
  residentMib: number;
}

/** Where records wait to be read. */
interface Peer {
  /** A source's body, all but its mapping. */
  document: object;
  fill(records: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const mapping = {
  event: {
    name: { $: "template_id", map: { tmpl_order: "transactional" } },
    recipients: [{ $: "user_id" }],
    data: { $: "template_data", default: {} },
  },
};

const recordOf = (number: number): string =>
  `{"template_id":"tmpl_order","user_id":"r${number % 1000}","template_data":{"order":"order-${number}","name":"Anna","items":[{"name":"Lamp","count":2},{"name":"Chair","count":1}],"url":"https://shop.example/orders/${number}"}}`;
const recordsOf = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => recordOf(from + index));

async function kafkaPeer(): Promise<Peer> {
  const kafka = await startKafka({ version: "4" });
  const topic = "orders";
  const settings = settingsOf(kafka, "unused");
  const numPartitions = Number(values.partitions);
  await withAdmin(settings, async (admin) => {
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions }] });
  });
  const producer = createClient(settings).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    document: { type: "kafka", brokers: [kafka.brokers], topic, group: "bench" },
    fill: async (records) => {
      const messages = records.map((value, index) => ({ value, partition: index % numPartitions }));
      for (let from = 0; from < messages.length; from += 500)
        await producer.send({ topic, messages: messages.slice(from, from + 500), acks: -1 });
    },
    close: async () => {
      await producer.disconnect();
      await kafka.remove();
    },
  };
}

async function queuePeer(): Promise<Peer> {
  const main = fileURLToPath(new URL("./queue-main.ts", import.meta.url));
  const child = await startChild([process.execPath, "--import", "tsx", "--conditions=source", main], {}, (line) =>
    line.startsWith("{") ? portSchema.parse(JSON.parse(line)) : undefined,
  );
  const url = `http://127.0.0.1:${child.ready.port}`;
  return {
    document: {
      ...{ type: "sqs", queueUrl: `${url}/1/orders`, region: "eu-central-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE" },
      secrets: { secretAccessKey: "secret" },
      limits: { concurrency: 8 },
    },
    fill: async (records) => {
      const { body } = await request(`${url}/fill`, { method: "POST", body: records.join("\n") });
      await body.dump();
    },
    close: () => stopChild(child),
  };
}

async function drain(world: World, { document, fill }: Peer): Promise<Figures> {
  const { api, provider, server, journal } = world;
  const put = (enabled: boolean) => api.put("/v1/sources/orders", { ...document, mapping, enabled });
  await fill(recordsOf(0, warmEvents));
  await put(true);
  const warm = await taken(provider, warmEvents);
  await put(false);
  await fill(recordsOf(warmEvents, events));
  const cpu = cpuMicroseconds(server.pid);
  await put(true);
  await taken(provider, warm + events);
  const used = cpuMicroseconds(server.pid) - cpu;
  const { perSecond } = await journalled(journal, warm);
  return { perSecond, cpuMicroseconds: used / events, residentMib: residentMib(server.pid) };
}

async function fromPeer(open: () => Promise<Peer>): Promise<Figures> {
  const peer = await open();
  const world = await createWorld({ maxBatch: 1 });
  try {
    return await drain(world, peer);
  } finally {
    await world.close();
    await peer.close();
  }
}

async function overHttp(): Promise<Figures> {
  const world = await createWorld({ maxBatch: 1 });
  const scenario = { name: "HTTP", batch: 100, maxBatch: 1, connections: 4, rate: 0, events };
  try {
    return await measureLoad(scenario, { ...world, url: world.server.url, pid: world.server.pid });
  } finally {
    await world.close();
  }
}

const ways: Readonly<Record<string, () => Promise<Figures>>> = {
  "HTTP, 100 per call": overHttp,
  "Kafka topic": () => fromPeer(kafkaPeer),
  "SQS queue": () => fromPeer(queuePeer),
};
const figures = new Map<string, Figures[]>();
for (let run = 0; run < Number(values.runs); run += 1)
  for (const [name, measure] of Object.entries(ways))
    if (name.includes(values.only)) figures.set(name, [...(figures.get(name) ?? []), await measure()]);
for (const [name, runs] of figures) {
  const of = (pick: (each: Figures) => number): number => median(runs.map(pick));
  process.stdout.write(
    `${name.padEnd(20)} ${Math.round(of((each) => each.perSecond))}/s to the provider, ` +
      `${of((each) => each.cpuMicroseconds).toFixed(1)} µs CPU per event, ${of((each) => each.residentMib).toFixed(0)} MiB\n`,
  );
}
