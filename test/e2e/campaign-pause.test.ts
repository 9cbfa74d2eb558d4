import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { campaignSchema } from "@tidings/contract/campaigns";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { fillTopic } from "../harness/fill-topic.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings pause "));
const people = 200;
/** A page of five waits for the messages of the one before. */
const settings = { TIDINGS_ORCHESTRATE_TURN_RECIPIENTS_MAX: "5", TIDINGS_EXPANDED_WAITING_MAX: "5" };
let server: ServerProcess;
let api: Api;

async function start(): Promise<void> {
  server = await startServerProcess(join(cwd, "data"), { ...settings, TIDINGS_EXPANSION_HELD_MS: "50" });
  api = new Api(server.url);
}
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });
const shown = async (id: string) => campaignSchema.parse((await api.call("GET", `/v1/campaigns/${id}`)).json);

beforeAll(async () => {
  await start();
  await api.put("/v1/categories/news", { class: "marketing" });
  const limits = { ratePerSecond: 40 };
  await api.put("/v1/integrations/mails", { channel: "email", provider: "simulator", priority: 1, limits });
  await api.put("/v1/templates/offer", { email: { subject: "s", text: "t" } });
  const steps = [{ id: "mail", type: "channel", channel: "email", template: "offer" }];
  await api.put("/v1/workflows/offer", { event: "offer.made", category: "news", steps });
  await fillTopic(api, "all", people, (index) => ({ id: `u${index}`, email: `u${index}@example.org` }));
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("a campaign that is paused stands still, also behind a kill, and resumed it reaches everybody once", {
  timeout: 120_000,
}, async () => {
  const id = (await run("campaigns", "start", "offer.made", "Autumn", "--topic", "all")).stdout.trim();
  await vi.waitUntil(async () => ((await shown(id)).progress?.looked ?? 0) >= 10, { timeout: 30_000, interval: 20 });
  expect((await api.call("POST", `/v1/campaigns/${id}/pause`)).json).toMatchObject({ state: "paused" });
  const paused = await run("campaigns", "pause", id);
  expect(paused.code).toBe(0);
  expect(paused.stdout).toMatch(/Autumn {2}paused {2}/);
  const still = await shown(id);
  expect(still).toMatchObject({ state: "paused" });
  expect(still.progress?.looked).toBeLessThan(people);
  const made = still.progress?.messages;
  await vi.waitUntil(async () => (await shown(id)).progress?.done === made, { timeout: 30_000, interval: 50 });

  await api.close();
  server.process.kill("SIGKILL");
  await stopChild(server);
  await start();
  const after = await shown(id);
  expect(after).toMatchObject({ state: "paused", pausedAt: still.pausedAt });
  expect(after.progress).toMatchObject({ looked: still.progress?.looked, messages: made, done: made });
  expect(after.progress?.secondsLeft).toBeUndefined();

  const resumed = await run("campaigns", "resume", id, "--json");
  expect(JSON.parse(resumed.stdout)).toMatchObject({ state: "running" });
  await vi.waitUntil(async () => (await shown(id)).state === "done", { timeout: 60_000, interval: 50 });
  expect((await shown(id)).progress).toMatchObject({
    looked: people,
    recipients: people,
    messages: people,
    sent: people,
  });
});
