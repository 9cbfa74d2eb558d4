import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { type PauseView, pauseSchema } from "@tidings/contract/pauses";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { configureFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { fillTopic } from "../harness/fill-topic.ts";
import { readJournal } from "../harness/journal.ts";
import { pause } from "../harness/pause.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings pauses "));
const journal = join(cwd, "journal.jsonl");
const people = 400;
const maxInFlight = 5;
/** One message a transaction, so that a kill falls into the release. */
const settings = { TIDINGS_RELEASED_PER_CALL_MAX: "1" };
let provider: FakeProviderProcess;
let server: ServerProcess;
let api: Api;

async function start(port = 0): Promise<void> {
  server = await startServerProcess(join(cwd, "data"), settings, { port });
  api = new Api(server.url);
}
async function killAndRestart(): Promise<void> {
  await api.close();
  server.process.kill("SIGKILL");
  await stopChild(server);
  await start();
}
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });
const pausesNow = async () => pageOf(pauseSchema).parse((await api.call("GET", "/v1/pauses")).json).items;
const resume = async (path: string): Promise<PauseView> => {
  const { status, json } = await api.call("DELETE", `/v1/pauses/${path}`);
  expect(status).toBe(200);
  return pauseSchema.parse(json);
};

/** Ids of messages that the provider was given, in order, each as often as it was; behind the first ones. */
async function given(behind = 0): Promise<string[]> {
  const ids: string[] = [];
  if (existsSync(journal)) await readJournal(journal, ({ id }) => ids.push(id));
  return ids.slice(behind);
}

async function send(name: string, body: object): Promise<string> {
  const { status, json } = await api.call("POST", "/v1/events", { name, data: { order: "A-1", items: [] }, ...body });
  expect(status).toBe(202);
  return acceptedSchema.parse(json).id;
}

/** Messages of an event, all pages of them. */
async function messagesOf(event: string) {
  const found = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const query = new URLSearchParams({ event, limit: "100", ...(cursor === "" ? {} : { cursor }) });
    const page = pageOf(messageSchema).parse((await api.call("GET", `/v1/messages?${query}`)).json);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}
const messageOf = async (event: string) => {
  const { runs } = eventSchema.parse((await api.call("GET", `/v1/events/${event}`)).json);
  return runs[0]?.messages[0];
};

beforeAll(async () => {
  provider = await startFakeProvider(["--journal", journal]);
  await start();
  await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight, ratePerSecond: 100 });
  await fillTopic(api, "all", people, (index) => ({ id: `u${index}`, email: `u${index}@example.org` }));
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  if (provider !== undefined) await stopChild(provider);
  rmSync(cwd, { recursive: true, force: true });
});

test("marketing that is paused stands still within a second, through a kill, while critical goes on; resumed, all of it goes out once", {
  timeout: 120_000,
}, async () => {
  const earlier = (await given()).length;
  const own = () => given(earlier);
  const campaign = await send("marketing", { recipients: [{ topic: "all" }] });
  await vi.waitUntil(async () => (await own()).length >= 20, { timeout: 30_000, interval: 20 });
  const paused = await run("pause", "lane", "marketing", "--reason", "wrong price");
  expect(paused.stdout).toMatch(/^lane marketing is paused; \d+ wait\n$/);
  // What is promised is a second.
  await pause(1000);
  const before = await own();
  expect(before.length).toBeLessThan(people);
  const critical = await send("critical", { recipients: ["u1"] });
  await vi.waitUntil(async () => (await messageOf(critical))?.state === "sent", { timeout: 10_000, interval: 20 });
  const all = () =>
    vi.waitUntil(async () => (await pausesNow())[0]?.waiting === people - before.length, {
      timeout: 60_000,
      interval: 50,
    });
  await all();
  expect(await pausesNow()).toMatchObject([{ kind: "lane", key: "marketing", state: "paused", reason: "wrong price" }]);
  expect(await own()).toHaveLength(before.length + 1);
  expect(
    (await messagesOf(campaign)).filter(({ state, reason }) => state === "queued" && reason === "paused"),
  ).toHaveLength(people - before.length);

  await killAndRestart();
  await all();
  const urgent = await send("critical", { recipients: ["u2"] });
  await vi.waitUntil(async () => (await messageOf(urgent))?.state === "sent", { timeout: 10_000, interval: 20 });
  expect(await own()).toHaveLength(before.length + 2);
  expect((await run("pauses")).stdout).toMatch(/lane +marketing +paused +\d+ .* wrong price\n$/);

  expect(await resume("lane/marketing")).toMatchObject({ state: "resuming", waiting: people - before.length });
  await vi.waitUntil(
    async () => {
      const [{ waiting, state } = { waiting: 0, state: "" }] = await pausesNow();
      expect(state).toBe("resuming");
      return waiting < people - before.length - 10;
    },
    { timeout: 10_000, interval: 1 },
  );
  const [left] = await pausesNow();
  await killAndRestart();
  expect(left?.waiting).toBeGreaterThan(0);
  const isDone = async () => (await messagesOf(campaign)).every(({ state }) => state === "sent" || state === "unknown");
  await vi.waitUntil(isDone, { timeout: 60_000, interval: 100 });
  await vi.waitUntil(async () => (await pausesNow()).length === 0, { timeout: 10_000, interval: 50 });
  const messages = await messagesOf(campaign);
  expect(messages).toHaveLength(people);
  // Marketing goes out at most once: what was under way at a kill ends as unknown, and may have gone out.
  const unknown = messages.filter(({ state }) => state === "unknown").length;
  expect(unknown).toBeLessThanOrEqual(2 * maxInFlight);
  const out = await own();
  expect(new Set(out).size).toBe(out.length);
  expect(out.length).toBeGreaterThanOrEqual(people + 2 - unknown);
});

test("what expires while it is paused ends so, and never goes out", { timeout: 60_000 }, async () => {
  await api.put("/v1/pauses/workflow/transactional?tenant=acme", {});
  const expiresAt = new Date(Date.now() + 1500).toISOString();
  const [mortal, lasting, other] = [
    await send("transactional", { recipients: ["u1"], tenant: "acme", expiresAt }),
    await send("transactional", { recipients: ["u2"], tenant: "acme" }),
    await send("transactional", { recipients: ["u3"], tenant: "other" }),
  ];
  await vi.waitUntil(async () => (await messageOf(other))?.state === "sent", { timeout: 10_000, interval: 20 });
  await vi.waitUntil(async () => (await messageOf(mortal))?.state === "expired", { timeout: 10_000, interval: 20 });
  const kept = await messageOf(lasting);
  expect(kept).toMatchObject({ state: "queued", reason: "paused" });
  expect(kept?.dueAt).toBeUndefined();
  expect(await resume("workflow/transactional?tenant=acme")).toMatchObject({ tenant: "acme", waiting: 1 });
  await vi.waitUntil(async () => (await messageOf(lasting))?.state === "sent", { timeout: 10_000, interval: 20 });
  const out = await given();
  expect(out).not.toContain((await messageOf(mortal))?.id);
});

test("an integration that is paused is left to the next one, and a pause ends by its time", {
  timeout: 60_000,
}, async () => {
  const until = new Date(Date.now() + 2500).toISOString();
  await api.put("/v1/pauses/integration/fake", { until });
  const waits = await send("transactional", { recipients: ["u1"] });
  await vi.waitUntil(async () => (await messageOf(waits))?.reason === "paused", { timeout: 10_000, interval: 20 });
  await api.put("/v1/integrations/second", { channel: "email", provider: "sandbox", priority: 200 });
  const goes = await send("transactional", { recipients: ["u2"] });
  await vi.waitUntil(async () => (await messageOf(goes))?.state === "sent", { timeout: 10_000, interval: 20 });
  expect((await messageOf(goes))?.attempts[0]?.integration).toBe("second");
  await vi.waitUntil(async () => (await messageOf(waits))?.state === "sent", { timeout: 20_000, interval: 20 });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
  expect((await messageOf(waits))?.attempts[0]?.integration).toBe("fake");
  await vi.waitUntil(async () => (await pausesNow()).length === 0, { timeout: 10_000, interval: 50 });
  await api.call("DELETE", "/v1/integrations/second");
});

test("the command refuses what it does not know, asks about what is critical, and says when nothing is paused", async () => {
  const refused = await run("pause", "integration", "fkae");
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("there is no integration of that key")]);
  expect((await run("pause", "topic", "all")).stderr).toContain(
    "one of lane, integration, marketing, channel, workflow",
  );
  expect((await run("pause", "lane", "critical")).stderr).toContain("there is nobody to ask");
  expect((await run("resume", "lane", "critical")).code).not.toBe(0);
  const paused = await run("pause", "lane", "critical", "--yes", "--until", "1h", "--json");
  expect(JSON.parse(paused.stdout)).toMatchObject({ kind: "lane", key: "critical", state: "paused", waiting: 0 });
  expect((await run("status")).stdout).toMatch(/PAUSED +KEY.*\nlane +critical +paused/);
  expect((await run("resume", "lane", "critical")).stdout).toBe("lane critical is resumed; 0 waited\n");
  await vi.waitUntil(async () => (await pausesNow()).length === 0, { timeout: 10_000, interval: 50 });
  expect((await run("pauses")).stdout).toBe("nothing is paused\n");
});
