import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventView, eventSchema } from "@tidings/contract/events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** A server that is killed between a fetch step's request and the commit of its result, and between that and the next step. */

const folder = mkdtempSync(join(tmpdir(), "tidings-fetch-"));
const asked: { key: string; respond: ServerResponse }[] = [];
let shop: Server;
let server: ServerProcess;
let api: Api;

const start = async (port: number): Promise<void> => {
  server = await startServerProcess(join(folder, "data"), {}, { port });
  api = new Api(server.url);
};

async function kill(): Promise<void> {
  await stopChild(server, "SIGKILL");
  await api.close();
  await start(server.port);
}

beforeAll(async () => {
  shop = createServer((request, response) => {
    asked.push({ key: String(request.headers["idempotency-key"]), respond: response });
  }).listen(0, "127.0.0.1");
  await once(shop, "listening");
  await start(0);
  const address = shop.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/integrations/mail", { channel: "email", provider: "sandbox" });
  await api.put("/v1/templates/order", { email: { subject: "{{steps.stock.body.left}} left", text: "x" } });
  await api.put("/v1/workflows/order", {
    category: "orders",
    steps: [
      {
        id: "stock",
        type: "fetch",
        request: { method: "GET", url: `http://127.0.0.1:${port}/{{data.item}}` },
        timeoutMs: 20_000,
      },
      { id: "pause", type: "delay", seconds: 4 },
      {
        id: "any",
        type: "condition",
        if: { field: "steps.stock.body.left", op: "gt", value: 0 },
        // biome-ignore lint/suspicious/noThenProperty: the field's standard word in workflow definitions
        then: [{ id: "mail", type: "channel", channel: "email", template: "order" }],
      },
    ],
  });
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  shop.closeAllConnections();
  shop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function eventOnce(id: string, fits: (event: EventView) => boolean): Promise<EventView> {
  const look = async () => {
    const { json } = await api.call("GET", `/v1/events/${id}`);
    const event = eventSchema.parse(json);
    return fits(event) ? event : undefined;
  };
  return vi.waitUntil(look, { timeout: 20_000, interval: 50 });
}

describe("a fetch step of a server that is killed", () => {
  test("asks again under the same key before its result is journalled, and never after", async () => {
    const { json } = await api.call("POST", "/v1/events", {
      name: "order",
      recipients: [{ id: "u1", email: "u1@example.org" }],
      data: { item: "tea" },
    });
    const { id } = eventSchema.pick({ id: true }).parse(json);
    await vi.waitUntil(() => asked.length === 1, { timeout: 20_000 });
    await kill();
    await vi.waitUntil(() => asked.length === 2, { timeout: 20_000 });
    expect(asked[1]?.key).toBe(asked[0]?.key);
    asked[1]?.respond.end('{"left": 3}');
    // Journalled, the run waits for its delay; that is where the next kill meets it.
    await eventOnce(id, ({ runs }) => runs[0]?.dueAt !== undefined);
    await kill();
    const done = await eventOnce(id, ({ runs }) => runs[0]?.messages[0]?.state === "sent");
    expect(done.runs).toMatchObject([{ state: "completed", messages: [{ step: "mail" }] }]);
    expect(asked).toHaveLength(2);
  }, 90_000);
});
