import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deadLetterSchema } from "@tidings/contract/dead-letters";
import { pageOf } from "@tidings/contract/pages";
import { request } from "undici";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings template "));
const lines: string[] = [];
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  server = await startServerProcess(join(folder, "data"), {}, { onLine: (line) => lines.push(line) });
  api = new Api(server.url);
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

const page = pageOf(deadLetterSchema);

async function deadLetters(): Promise<{ reason: string; detail: string | undefined }[]> {
  const found: { reason: string; detail: string | undefined }[] = [];
  for (let cursor: string | undefined; ; ) {
    const query = cursor === undefined ? "" : `&cursor=${cursor}`;
    const { items, nextCursor } = page.parse((await api.call("GET", `/v1/dead-letters?limit=100${query}`)).json);
    for (const item of items) {
      const { reason, detail } = deadLetterSchema.parse(item);
      found.push({ reason, detail });
    }
    if (nextCursor === undefined) return found;
    cursor = nextCursor;
  }
}

async function metric(name: string): Promise<number | undefined> {
  const { body } = await request(`${server.url}/metrics`);
  const line = (await body.text()).split("\n").find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

const template = (html: string) => ({ missing: "fail", email: { subject: "Order", html } });
const failures = 'tidings_template_failures_total{template="broken"}';
const logged = () => lines.filter((line) => line.includes('"a template fails"'));

async function send(count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => ({
    name: "ordered",
    recipients: [{ id: `u${index}`, email: `u${index}@example.com` }],
  }));
  expect((await api.call("POST", "/v1/events/batch", { events })).status).toBe(202);
}

test("a template that fails sends each message to the dead letters, and signals once per version", {
  timeout: 120_000,
}, async () => {
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/templates/broken", template("a\n\n<p>{{data.order.total}}</p>"));
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  await api.put("/v1/workflows/ordered", {
    category: "orders",
    steps: [{ id: "mail", type: "channel", channel: "email", template: "broken" }],
  });
  await send(1000);
  await vi.waitUntil(async () => (await metric(failures)) === 1000, { timeout: 60_000, interval: 100 });
  const letters = await vi.waitUntil(
    async () => {
      const found = await deadLetters();
      return found.length === 1000 ? found : undefined;
    },
    { timeout: 60_000, interval: 200 },
  );
  const expected = { reason: "template_failed", detail: "email.html line 3: data.order.total is missing" };
  expect(letters.every(({ reason, detail }) => reason === expected.reason && detail === expected.detail)).toBe(true);
  expect(await metric("tidings_failing_templates")).toBe(1);
  expect(logged()).toHaveLength(1);
  expect(logged()[0]).toContain(expected.detail);

  await api.put("/v1/templates/broken", template("<p>{{data.other}}</p>"));
  expect(await metric("tidings_failing_templates")).toBe(0);
  await send(10);
  await vi.waitUntil(async () => (await metric(failures)) === 1010, { timeout: 30_000, interval: 100 });
  expect(logged()).toHaveLength(2);
  expect(await metric("tidings_failing_templates")).toBe(1);
});
