import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tidings } from "@tidings/client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../../test/harness/api.ts";
import { type Child, startChild, stopChild } from "../../test/harness/child.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { apiKey, type ServerProcess, startServerProcess } from "../../test/harness/server-process.ts";

const folder = mkdtempSync(join(tmpdir(), "tidings shop "));
const main = fileURLToPath(new URL("src/main.ts", import.meta.url));
const notifications = fileURLToPath(new URL("notifications", import.meta.url));
const anna = { id: "anna", email: "anna@example.com", name: "Anna" };
const mug = { name: "Mug", count: 2, priceCents: 1250 };
const newWebhookSchema = z.object({ id: z.string(), secret: z.string() });
const orderSchema = z.object({ mails: z.array(z.object({ template: z.string(), state: z.string() })) });

let server: ServerProcess;
let mailbox = "";
let shop: Child & { ready: string };
let shopPort: number;
let tidings: Tidings;
let secret: string;

const startServer = (port = 0) =>
  startServerProcess(
    join(folder, "data"),
    { TIDINGS_NOTIFICATIONS_DIR: notifications },
    {
      port,
      onLine: (line) => {
        mailbox = /^\s+Mailbox\s+(\S+)$/.exec(line)?.[1] ?? mailbox;
      },
    },
  );

function startShop() {
  return startChild(
    [process.execPath, "--import", "tsx", main],
    {
      env: {
        TIDINGS_URL: server.url,
        TIDINGS_API_KEY: apiKey,
        SHOP_PORT: String(shopPort),
        SHOP_WEBHOOK_SECRET: secret,
        SHOP_DATABASE: join(folder, "shop.db"),
      },
    },
    (line) => /^The shop is open: (\S+)$/.exec(line)?.[1],
  );
}

async function placeOrder(customer = anna): Promise<string> {
  const answer = await fetch(`${shop.ready}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ customer, items: [mug] }),
  });
  expect(answer.status).toBe(201);
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}

/** Mails of an order as the shop shows them: what webhooks told it. */
async function shownMails(order: string) {
  const answer = await fetch(`${shop.ready}/orders/${order}`);
  return orderSchema.parse(await answer.json()).mails;
}

/** Waits until the shop shows so many sent mails of an order. */
const sentMails = (order: string, count: number) =>
  vi.waitUntil(
    async () => {
      const mails = (await shownMails(order)).filter(({ state }) => state === "sent");
      return mails.length === count && mails;
    },
    { timeout: 30_000, interval: 100 },
  );

/** The events of an order that Tidings knows of. */
async function eventsOf(order: string): Promise<string[]> {
  const events = new Set<string>();
  for await (const message of tidings.messages.list({ recipient: anna.id })) {
    const event = await tidings.events.get(message.event);
    if (event.data.order === order) events.add(event.id);
  }
  return [...events];
}

beforeAll(async () => {
  server = await startServer();
  tidings = new Tidings({ baseUrl: server.url, apiKey });
  shopPort = await freePort();
  const api = new Api(server.url);
  const body = { url: `http://127.0.0.1:${shopPort}/webhooks/tidings` };
  const { status, json } = await api.call("POST", "/v1/webhooks", body);
  expect(status).toBe(201);
  ({ secret } = newWebhookSchema.parse(json));
  await api.close();
  shop = await startShop();
});

afterAll(async () => {
  await stopChild(shop);
  await stopChild(server);
  rmSync(folder, { recursive: true, force: true });
});

describe("the shop", () => {
  test("sends a mail for an order and one when it is shipped, and shows what became of them", async () => {
    const order = await placeOrder();
    expect(await sentMails(order, 1)).toMatchObject([{ template: "order-placed" }]);
    // Shipped twice, told once.
    for (let time = 0; time < 2; time += 1) {
      expect((await fetch(`${shop.ready}/orders/${order}/ship`, { method: "POST" })).status).toBe(202);
    }
    const mails = await sentMails(order, 2);
    expect(mails.map(({ template }) => template).sort()).toEqual(["order-placed", "order-shipped"]);
    const page = await (await fetch(mailbox)).text();
    expect(page).toContain(`We have your order ${order}`);
    expect(page).toContain(`Your order ${order} is on its way`);
    const list = await (await fetch(shop.ready)).text();
    expect(list).toContain("order-shipped: sent");
  });

  test("takes orders while Tidings is away, and tells it of them once it is back, once", async () => {
    const { port } = server;
    await stopChild(server);
    const order = await placeOrder();
    // Killed before it could tell: the order is in its database, and so is that Tidings does not know it yet.
    await stopChild(shop, "SIGKILL");
    server = await startServer(port);
    shop = await startShop();
    expect(await sentMails(order, 1)).toHaveLength(1);
    expect(await eventsOf(order)).toHaveLength(1);
  });

  test("refuses a webhook that Tidings did not sign", async () => {
    const answer = await fetch(`${shop.ready}/webhooks/tidings`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": "019c8a3e-5f00-8a11-9c2d-3b4e5f607182",
        "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
        "webhook-signature": `v1,${Buffer.alloc(32).toString("base64")}`,
      },
      body: JSON.stringify({ type: "message.sent", timestamp: new Date().toISOString(), data: {} }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ code: "signature_wrong" });
  });

  test("refuses an order with a fault, and knows no order that was never placed", async () => {
    const answer = await fetch(`${shop.ready}/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ customer: { ...anna, email: "anna at example.com" }, items: [mug] }),
    });
    expect(answer.status).toBe(400);
    expect((await fetch(`${shop.ready}/orders/none`)).status).toBe(404);
    expect((await fetch(`${shop.ready}/orders/none/ship`, { method: "POST" })).status).toBe(404);
  });

  test("shows a customer's name as text, never as HTML", async () => {
    await placeOrder({ ...anna, name: "<script>alert(1)</script>" });
    const list = await (await fetch(shop.ready)).text();
    expect(list).toContain("&lt;script&gt;");
    expect(list).not.toContain("<script>alert");
  });
});
