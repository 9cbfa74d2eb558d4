import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deadLetterSchema } from "@tidings/contract/dead-letters";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { readJournal } from "../harness/journal.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { SqsServer } from "../harness/sqs-server.ts";
import { until } from "../harness/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings sources "));
const journal = join(cwd, "journal.jsonl");
const queue = new SqsServer();
const letters = z.object({ items: z.array(deadLetterSchema) });
let provider: FakeProviderProcess;
let server: ServerProcess;
let api: Api;

async function start(port = 0): Promise<void> {
  server = await startServerProcess(join(cwd, "data"), { TIDINGS_SOURCE_LAG_INTERVAL_MS: "100" }, { port });
  api = new Api(server.url);
}
const run = (...args: string[]) =>
  tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey, QUEUE_KEY: "secret-of-the-queue" } });
const recordOf = (number: number, more: object = {}) =>
  JSON.stringify({
    recipient_email: `u${number}@example.com`,
    template_id: "tmpl_order",
    template_data: { order: `A-${number}`, items: [] },
    ...more,
  });
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Ids of the mails that the provider was given, each as often as it was. */
async function mails(): Promise<string[]> {
  const ids: string[] = [];
  if (existsSync(journal)) await readJournal(journal, ({ id }) => ids.push(id));
  return ids;
}

async function metric(name: string): Promise<string | undefined> {
  const { body } = await request(`${server.url}/metrics`);
  return new RegExp(`^${name}\\{[^}]*source="orders"[^}]*\\} (\\S+)$`, "m").exec(await body.text())?.[1];
}

/** The folder of an application, in which the queue is a source; further templates have names of events. */
async function push(names: Record<string, string>): Promise<void> {
  mkdirSync(join(cwd, "notifications"), { recursive: true });
  const orders = {
    type: "sqs",
    queueUrl: `${queue.url}/1/orders`,
    region: "eu-central-1",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secrets: { secretAccessKey: { fromEnv: "QUEUE_KEY" } },
    mapping: {
      event: {
        name: { $: "template_id", map: { tmpl_order: "transactional", ...names } },
        recipients: [{ id: { $: "recipient_email" }, email: { $: "recipient_email" } }],
        data: { $: "template_data", default: {} },
        idempotencyKey: { $: "request_id" },
      },
    },
  };
  writeFileSync(join(cwd, "notifications", "sources.yaml"), JSON.stringify({ orders }));
  const { code, stdout, stderr } = await run("push", "--yes");
  expect([code, stdout + stderr]).toEqual([0, expect.any(String)]);
}

beforeAll(async () => {
  await queue.listen();
  provider = await startFakeProvider(["--journal", journal]);
  await start();
  await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight: 20 });
  await push({});
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  await stopChild(provider);
  await queue.close();
  rmSync(cwd, { recursive: true, force: true });
});

test("foreign records of a queue are mails, once each, though their server is killed before it could acknowledge them", async () => {
  const before = (await mails()).length;
  queue.refusesDeletes = true;
  const twice = [1, 2].map(() => recordOf(900, { request_id: "request-1" }));
  queue.send([...times(40).map((number) => recordOf(number)), ...twice]);
  await until("all are mails", async () => (await mails()).length === before + 41);
  expect(queue.left).toBe(42);
  await api.close();
  await stopChild(server, "SIGKILL");
  queue.refusesDeletes = false;
  queue.redeliver();
  await start(server.port);
  await until("all are acknowledged", () => queue.left === 0);
  // Whatever else a record had become would have been sent ahead of this one.
  queue.send([recordOf(41)]);
  await until("the last is a mail", async () => (await mails()).length >= before + 42);
  const sent = await mails();
  expect([sent.length, new Set(sent).size]).toEqual([before + 42, before + 42]);
}, 90_000);

test("a record that the mapping does not fit is a dead letter, which is shown, and replayed once the mapping is mended", async () => {
  const before = (await mails()).length;
  queue.send([recordOf(50, { template_id: "tmpl_new" }), recordOf(51)]);
  await until("both are acknowledged", () => queue.left === 0);
  const listed = await run("dead-letters", "list", "--kind", "source", "--json");
  const [letter = expect.unreachable()] = letters.parse(JSON.parse(listed.stdout)).items;
  expect(letter).toMatchObject({ reason: "mapping_failed", source: { key: "orders" } });
  expect(letter.detail).toContain("template_id: is not in the table");
  expect((await run("dead-letters", "show", letter.id)).stdout).toContain("u50@example.com");
  expect((await run("dead-letters", "replay", letter.id)).stdout).toContain("0 replayed, 0 expired, 1 refused again");
  await push({ tmpl_new: "critical" });
  await until("it is replayed", async () =>
    (await run("dead-letters", "replay", letter.id)).stdout.includes("1 replayed"),
  );
  await until("both are mails", async () => (await mails()).length === before + 2);
  expect(letters.parse((await api.call("GET", "/v1/dead-letters")).json).items).toEqual([]);
}, 60_000);

test("a queue that is away is shown by a metric, and read again once it is back", async () => {
  const before = (await mails()).length;
  await until("it is read", async () => (await metric("tidings_source_readable")) === "1");
  await queue.close();
  await until("that shows", async () => (await metric("tidings_source_readable")) === "0");
  await until("nobody says how much waits", async () => (await metric("tidings_source_lag")) === undefined);
  queue.send([recordOf(60)]);
  await queue.listen();
  await until("that shows too", async () => (await metric("tidings_source_readable")) === "1");
  await until("it is a mail", async () => (await mails()).length > before);
  expect(await mails()).toHaveLength(before + 1);
}, 60_000);
