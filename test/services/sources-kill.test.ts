import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deadLetterSchema } from "@tidings/contract/dead-letters";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { withAdmin } from "../../packages/server/src/lib/kafka/with-admin.ts";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { settingsOf } from "./kafka/settings.ts";
import { type Kafka, startKafka } from "./servers/kafka.ts";
import { whyNoKafka } from "./servers/kafka-programs.ts";
import { type KafkaSourceBench, openKafkaBench } from "./sources/kafka.ts";

/** A built server with a source, killed in the middle of a thousand records. In CI a missing Kafka is a failure. */

const version = "4";
const reason = whyNoKafka(version);
const [fits, twice, broken] = [900, 60, 40];

const mapping = {
  event: {
    name: { $: "template_id", map: { tmpl_welcome: "user.welcome" } },
    recipients: [{ id: { $: "recipient_email" }, email: { $: "recipient_email" } }],
    data: { $: "template_data", default: {} },
    idempotencyKey: { $: "request_id" },
  },
};

const recordOf = (number: number) => ({
  recipient_email: `u${number}@example.com`,
  template_id: "tmpl_welcome",
  template_data: { number },
  // Those that are sent once are told apart by their place.
  ...(number < twice ? { request_id: `request-${number}` } : {}),
});

/** Every kind all over the topic. */
function thousand(): { value: object | string }[] {
  const good = Array.from({ length: fits }, (_, number) => ({ value: recordOf(number) }));
  const again = Array.from({ length: twice }, (_, number) => ({ value: recordOf(number) }));
  const bad = Array.from({ length: broken }, (_, number) => ({
    value: number % 2 === 0 ? `no JSON ${number}` : { ...recordOf(5000 + number), recipient_email: "no address" },
  }));
  const rest = [...again, ...bad];
  return good.flatMap((each, index) => [each, ...(index % 9 === 8 ? rest.splice(0, 1) : [])]);
}

describe.skipIf(reason !== undefined && process.env["CI"] === undefined)(`a source (${reason ?? "Kafka 4"})`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), "tidings-source-"));
  let kafka: Kafka;
  let bench: KafkaSourceBench;
  let server: ServerProcess;
  let api: Api;
  const start = async (port = 0) => {
    const settings = {
      TIDINGS_SOURCE_EVENTS_PER_CALL: "7",
      TIDINGS_ALLOW_PRIVATE_NETWORK: "false",
      TIDINGS_SOURCE_PRIVATE_NETWORK: "true",
    };
    server = await startServerProcess(dataDir, settings, { port });
    api = new Api(server.url);
  };
  beforeAll(async () => {
    kafka = await startKafka({ version });
    bench = await openKafkaBench(kafka, { partitions: 3, key: String });
    await start();
  });
  afterAll(async () => {
    await api?.close();
    if (server !== undefined) await stopChild(server);
    await bench?.close();
    await kafka?.remove();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function all<Item>(path: string, schema: z.ZodType<Item>): Promise<Item[]> {
    const page = pageOf(schema);
    const items: Item[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const { json } = await api.call("GET", `${path}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`);
      const read: z.infer<typeof page> = page.parse(json);
      items.push(...read.items);
      cursor = read.nextCursor;
    }
    return items;
  }
  const messages = () => all("/v1/messages", messageSchema);

  test("makes each of a thousand records one event, with some of them sent twice and others broken, though its server is killed", async () => {
    await api.put("/v1/categories/users", { class: "transactional" });
    await api.put("/v1/templates/welcome", { email: { subject: "Welcome", text: "You are number {{data.number}}." } });
    await api.put("/v1/integrations/sandbox", { channel: "email", provider: "sandbox" });
    const steps = [{ id: "mail", type: "channel", channel: "email", template: "welcome" }];
    await api.put("/v1/workflows/welcome", { event: "user.welcome", category: "users", steps });
    await api.put("/v1/sources/users", { ...bench.document, limits: { batchMax: 7 }, mapping });
    const sending = bench.send(thousand());
    for (const enough of [100, 300, 600]) {
      let seen = 0;
      await until(`${enough} are messages`, async () => {
        seen = (await messages()).length;
        return seen >= enough;
      });
      expect(seen).toBeLessThan(fits);
      await api.close();
      await stopChild(server, "SIGKILL");
      await start(server.port);
    }
    await sending;
    await until("all are messages", async () => (await messages()).length >= fits, 60_000);
    await until("all is acknowledged", async () => (await waiting()) === 0);
    const recipients = (await messages()).map(({ recipient }) => recipient);
    expect(recipients.toSorted()).toEqual(
      Array.from({ length: fits }, (_, number) => `u${number}@example.com`).toSorted(),
    );
    const letters = await all("/v1/dead-letters", deadLetterSchema);
    expect(letters).toHaveLength(broken);
    expect(new Set(letters.map(({ kind, source }) => `${kind} ${source?.key}`))).toEqual(new Set(["source users"]));
    expect(new Set(letters.map(({ source }) => source?.place))).toHaveProperty("size", broken);
  }, 240_000);

  /** Records behind what the group has committed. */
  function waiting(): Promise<number> {
    return withAdmin(settingsOf(kafka, "unused"), async (admin) => {
      const [known] = await admin.fetchOffsets({ groupId: `group-${bench.topic}`, topics: [bench.topic] });
      const at = new Map(known?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
      const ends = await admin.fetchTopicOffsets(bench.topic);
      return ends.reduce((sum, { partition, high }) => sum + Number(high) - (at.get(partition) ?? 0), 0);
    });
  }
});
