import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allowancesSchema } from "@tidings/contract/allowances";
import type { MessageView } from "@tidings/contract/messages";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { configureFake, putFake } from "../harness/configure-fake.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { messagesOf } from "../harness/messages-of.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** Quotas, warm-ups and budgets of a day, on a real server. A day is UTC's: none of this is looked at over midnight. */

const folder = mkdtempSync(join(tmpdir(), "tidings-allowances-"));
const dayMs = 86_400_000;
let server: ServerProcess;
let provider: FakeProviderProcess;
let api: Api;

beforeAll(async () => {
  provider = await startFakeProvider(["--settings", JSON.stringify({ seed: 3 })]);
  server = await startServerProcess(join(folder, "data"));
  api = new Api(server.url);
  await configureFake(api, { baseUrl: provider.url, maxBatch: 1, maxInFlight: 100 });
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

const resultsSchema = z.object({ results: z.array(z.object({ id: z.string() })) });

/** Integrations that are there from now on, and no others. */
async function only(accounts: Record<string, object>): Promise<void> {
  for (const key of ["fake", "other"]) {
    if (key in accounts) continue;
    await api.call("DELETE", `/v1/integrations/${key}`);
  }
  const account = { baseUrl: provider.url, maxBatch: 1, maxInFlight: 100 };
  for (const [index, [key, more]] of Object.entries(accounts).entries()) {
    await putFake(api, key, { ...account, priority: index });
    const { json } = await api.call("GET", `/v1/integrations/${key}`);
    const { document } = z.object({ document: z.looseObject({ limits: z.looseObject({}) }) }).parse(json);
    const { limits = {}, ...fields } = z.looseObject({ limits: z.looseObject({}).optional() }).parse(more);
    await api.put(`/v1/integrations/${key}`, { ...document, ...fields, limits: { ...document.limits, ...limits } });
  }
}

/** Messages of as many events, once each has gone out or waits for another day. */
async function settled(name: string, count: number): Promise<MessageView[]> {
  const body = { name, recipients: [{ id: "u", email: "u@example.com" }], data: { order: 1 } };
  const events = Array.from({ length: count }, () => body);
  const { results } = resultsSchema.parse((await api.call("POST", "/v1/events/batch", { events })).json);
  let messages: MessageView[] = [];
  const isSettled = ({ state, reason }: MessageView) =>
    state === "sent" || (state === "queued" && reason !== undefined);
  await vi.waitUntil(
    async () => {
      messages = await messagesOf(api, results);
      return messages.length === count && messages.every(isSettled);
    },
    { timeout: 60_000, interval: 100 },
  );
  return messages;
}

const sentBy = (messages: readonly MessageView[], integration: string) =>
  messages.filter(({ attempts }) => attempts?.some((attempt) => attempt.integration === integration)).length;
const waiting = (messages: readonly MessageView[]) => messages.filter(({ state }) => state === "queued");

async function allowance(kind: "integration" | "budget") {
  const { items } = allowancesSchema.parse((await api.call("GET", "/v1/allowances")).json);
  return items.find((each) => each.kind === kind);
}

describe("a day's allowance", { timeout: 90_000 }, () => {
  test("is used and no more: what is above it goes by the other integration, or waits for the next day", async () => {
    await only({ fake: { limits: { perDay: 100 } }, other: {} });
    const both = await settled("transactional", 300);
    expect([sentBy(both, "fake"), sentBy(both, "other"), waiting(both).length]).toEqual([100, 200, 0]);
    expect(await allowance("integration")).toMatchObject({ used: 100, max: 100, reason: "quota_reached" });
    // Another has a day of its own.
    await only({ other: { limits: { perDay: 100 } } });
    const one = await settled("marketing", 300);
    expect([sentBy(one, "other"), waiting(one).length]).toEqual([100, 200]);
    const tomorrow = (Math.floor(Date.now() / dayMs) + 1) * dayMs;
    for (const { reason, dueAt } of waiting(one)) {
      expect(reason).toBe("quota_reached");
      expect(Date.parse(dueAt ?? "")).toBeGreaterThanOrEqual(tomorrow);
      expect(Date.parse(dueAt ?? "")).toBeLessThanOrEqual(tomorrow + 600_000);
    }
  });

  test("of a budget stops marketing and not what is critical", async () => {
    await api.put("/v1/policies/environment", { budget: { perDay: 1 } });
    await only({ fake: { price: { amount: 0.1 } } });
    // Configuration is in force within a second: this is of no budget where it is not yet.
    await vi.waitUntil(
      async () => waiting(await settled("marketing", 1)).length === 1 || (await allowance("budget"))?.reason,
      {
        timeout: 30_000,
        interval: 100,
      },
    );
    const more = await settled("marketing", 30);
    expect(sentBy(more, "fake")).toBeLessThanOrEqual(10);
    expect(new Set(waiting(more).map(({ reason }) => reason))).toEqual(new Set(["budget_reached"]));
    const critical = await settled("critical", 20);
    expect(sentBy(critical, "fake")).toBe(20);
    expect((await allowance("budget"))?.used).toBeGreaterThanOrEqual(2);
  });
});
