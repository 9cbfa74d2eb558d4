import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tidings } from "../../packages/client/src/tidings.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings campaigns "));
let server: ServerProcess;
let api: Tidings;
const run = (...args: string[]) => tidings(args, { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Tidings({ apiKey, baseUrl: server.url });
  await api.categories.put("news", { class: "marketing" });
  await api.integrations.put("mailbox", { channel: "email", provider: "sandbox" });
  await api.templates.put("offer", { email: { subject: "s", text: "t" } });
  const steps = [{ id: "mail", type: "channel" as const, channel: "email" as const, template: "offer" }];
  await api.workflows.put("offer", { event: "offer.made", category: "news", steps });
  await api.segments.put("pros", { where: { field: "recipient.attributes.plan", op: "eq", value: "pro" } });
  for (let index = 0; index < 30; index += 1) {
    const attributes = { plan: index % 3 === 0 ? "pro" : "free" };
    await api.recipients.put(
      `u${index}`,
      index === 0 ? { attributes } : { email: `u${index}@example.org`, attributes },
    );
  }
}, 180_000);
afterAll(async () => {
  await stopChild(server);
  rmSync(cwd, { recursive: true, force: true });
});

test("a segment is counted, a campaign goes to it, is followed to its end, shown and listed", async () => {
  expect((await run("segments", "count", "pros")).stdout).toBe("10 of 30 recipients\n");
  const done = await run("campaigns", "start", "offer.made", "Autumn offer", "--segment", "pros", "--watch", "--json");
  expect(done.code).toBe(0);
  const campaign = JSON.parse(done.stdout);
  expect(campaign).toMatchObject({
    state: "done",
    progress: { total: 30, looked: 30, recipients: 10, messages: 9, done: 9, sent: 9, secondsLeft: 0 },
  });
  expect(campaign.progress.skipped).toMatchObject([{ reason: "no_address", count: 1 }]);
  const shown = await run("campaigns", "show", campaign.id);
  expect(shown.stdout).toContain("Autumn offer  done");
  expect(shown.stdout).toContain("messages 9, done 9: sent 9, failed 0");
  expect((await run("campaigns", "list")).stdout).toContain("Autumn offer");
}, 180_000);

test("one that is spread is canceled on its way, and a mistake is told before anything is sent", async () => {
  const { stdout } = await run(
    "campaigns",
    "start",
    "offer.made",
    "Later",
    "-r",
    "u1",
    "-r",
    "u2",
    "--local-time",
    "09:00",
  );
  const id = stdout.trim();
  const canceled = await run("campaigns", "cancel", id, "--yes");
  expect(canceled.code).toBe(0);
  expect((await api.campaigns.get(id)).state).toBe("canceled");
  const both = await run(
    "campaigns",
    "start",
    "offer.made",
    "x",
    "-r",
    "u1",
    "--local-time",
    "9",
    "--spread-minutes",
    "5",
  );
  expect(both.code).toBe(2);
  expect((await run("campaigns", "start", "unheard", "x", "-r", "u1")).stderr).toContain("no workflow awaits it");
}, 180_000);
