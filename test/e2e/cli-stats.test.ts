import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Statistics, statisticsSchema } from "@tidings/contract/statistics";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { tidings } from "../harness/cli.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";

const cwd = mkdtempSync(join(tmpdir(), "tidings stats "));
const settings = { TIDINGS_PURGE_INTERVAL_MS: "1000" };
const number = "+4366012345";

let server: ServerProcess;
let api: Api;
/** Takes calls and never answers. */
let silent: Server;

beforeAll(async () => {
  silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  await start();
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/categories/offers", { class: "marketing" });
  await api.put("/v1/policies/environment", { preferences: { webhook: "on" } });
  const secrets = { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  await api.put("/v1/integrations/hook", { channel: "webhook", provider: "webhook", secrets, price: { amount: 0.5 } });
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  const price = { amount: 0.05, countries: { AT: 0.079 } };
  await api.put("/v1/integrations/texts", { channel: "sms", provider: "sandbox", price });
  await api.put("/v1/templates/order", { email: { subject: "Order", text: "Sent" }, sms: { text: "Sent" } });
  const steps = (["email", "sms"] as const).map((channel) => ({
    id: channel,
    type: "channel",
    channel,
    template: "order",
  }));
  await api.put("/v1/workflows/shipped", { event: "order.shipped", category: "orders", steps });
}, 30_000);

afterAll(async () => {
  await api.close();
  await stopChild(server, "SIGKILL");
  silent.closeAllConnections();
  silent.close();
  rmSync(cwd, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = await startServerProcess(join(cwd, "data"), settings);
  api = new Api(server.url);
}

const stats = (...args: string[]) =>
  tidings(["stats", ...args], { cwd, env: { TIDINGS_URL: server.url, TIDINGS_API_KEY: apiKey } });

async function figures(...args: string[]): Promise<Statistics> {
  const { code, stdout, stderr } = await stats(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return statisticsSchema.parse(JSON.parse(stdout));
}

describe("stats", { timeout: 60_000 }, () => {
  test("shows what was sent by whom, to whose mailboxes, how fast and for how much", async () => {
    const recipients = ["gmail.com", "GMX.de", "example.com"].map((domain, index) => ({
      id: `u${index}`,
      email: `u${index}@${domain}`,
      phone: `${number}${index}00`,
    }));
    expect((await api.call("POST", "/v1/events", { name: "order.shipped", recipients })).status).toBe(202);
    await until("all six are sent", async () => (await figures("--workflow", "shipped")).total.counts.sent === 6);

    const { groups, total } = await figures("--by", "provider", "--workflow", "shipped");
    const sent = groups.flatMap(({ by, counts, spend }) =>
      counts.sent > 0 ? [[by.integration, counts.sent, spend]] : [],
    );
    expect(sent.sort()).toEqual([
      ["mailbox", 3, 0],
      ["texts", 3, 0.237],
    ]);
    expect(total.sendLatency.p99Ms).toBeGreaterThan(0);
    const mailboxes = (await figures("--by", "mailbox", "--channel", "email")).groups;
    expect(mailboxes.map(({ by }) => by.mailboxProvider).sort()).toEqual(["gmail", "gmx", "other"]);

    const shown = await stats("--by", "provider,channel", "--workflow", "shipped");
    expect([shown.code, shown.stderr]).toEqual([0, ""]);
    expect(shown.stdout).toMatch(/^INTEGRATION {2,}CHANNEL {2,}QUEUED {2,}SENT .* SPEND$/m);
    expect(shown.stdout).toMatch(/^texts {2,}sms {2,}0 {2,}3 .* 0\.237$/m);
    expect(shown.stdout).toMatch(/^all {2,}6 {2,}6 /m);
  });

  test("counts what a call may have cost whose process was killed, once", async () => {
    const { port } = silent.address() as AddressInfo;
    const called = once(silent, "request");
    const to = { id: "hooked", webhook: `http://127.0.0.1:${port}/` };
    const content = { body: { offer: 1 } };
    const message = { channel: "webhook", to, category: "offers", content };
    expect((await api.call("POST", "/v1/messages", message)).status).toBe(202);
    await called;
    await stopChild(server, "SIGKILL");
    await api.close();
    await start();
    const hook = ["--channel", "webhook"];
    await until("the lost call is known", async () => (await figures(...hook)).total.counts.unknown === 1);
    const { counts, spend } = (await figures(...hook)).total;
    expect([counts.queued, counts.sent, spend]).toEqual([1, 0, 0.5]);
  });

  test("refuses what it cannot group by, and a time that is none, with what to write instead", async () => {
    const by = await stats("--by", "channl");
    expect([by.code, by.stderr]).toEqual([2, expect.stringContaining("Did you mean channel?")]);
    const from = await stats("--from", "yesterday");
    expect([from.code, from.stderr]).toEqual([2, expect.stringContaining("such as 24h")]);
    const fine = await stats("--from", "90d", "--interval", "minute");
    expect([fine.code === 0, fine.stderr]).toEqual([false, expect.stringContaining("interval")]);
  });
});
