import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { bodyOf } from "../harness/body-of.ts";
import { stopChild } from "../harness/child.ts";
import { orderEnd, replyMails } from "../harness/order-end.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** A person answers the bot: Telegram brings it to the integration's webhook. */

const cwd = mkdtempSync(join(tmpdir(), "tidings chat replies "));
const webhookSecret = "0123456789abcdef";
const chat = 77_001_122;
let server: ServerProcess;
let api: Api;
let vendor: Server;
const texts: string[] = [];

/** Telegram's method sendMessage. */
async function startVendor(): Promise<string> {
  const said = z.object({ chat_id: z.literal(chat), text: z.string() });
  vendor = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      texts.push(said.parse(JSON.parse(body)).text);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ok: true, result: { message_id: texts.length, chat: { id: chat } } }));
    });
  }).listen(0, "127.0.0.1");
  await once(vendor, "listening");
  const address = vendor.address();
  if (address === null || typeof address === "string") throw new RangeError("the vendor has no port");
  return `http://127.0.0.1:${address.port}`;
}

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"));
  api = new Api(server.url);
  await api.put("/v1/integrations/bot", {
    channel: "chat",
    provider: "telegram",
    settings: { baseUrl: await startVendor() },
    secrets: { botToken: "123456:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789", webhookSecret },
  });
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/templates/order", { chat: { text: "Order {{data.n}}" } });
  await api.put("/v1/templates/reply", { email: { subject: "{{data.channel}}", text: "{{data.text}}" } });
  const step = (channel: string, template: string) => ({ id: "tell", type: "channel", channel, template });
  await api.put("/v1/workflows/order", { category: "orders", steps: [step("chat", "order")] });
  await api.put("/v1/workflows/message.replied", { category: "orders", steps: [step("email", "reply")] });
  await api.put("/v1/recipients/ann", { chat: String(chat), email: "ann@example.org" });
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  vendor?.close();
  rmSync(cwd, { recursive: true, force: true });
});

let updates = 0;
function update(text: string, secondsAgo: number) {
  updates += 1;
  const date = Math.floor(Date.now() / 1000) - secondsAgo;
  return { update_id: updates, message: { message_id: updates, date, chat: { id: chat }, text } };
}
async function bring(said: object, secret = webhookSecret): Promise<[number, unknown]> {
  const response = await fetch(`${server.url}/v1/feedback/bot`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    body: JSON.stringify(said),
  });
  return [response.status, await response.json()];
}

test("who writes STOP to the bot gets nothing more from it until a START, whatever is told again, and each reply is an event once", async () => {
  expect(await orderEnd(api, 1)).toBe("sent");
  const stop = update("/stop", 60);
  expect((await bring(stop, "0123456789abcdeF"))[0]).toBe(401);
  expect(await orderEnd(api, 2)).toBe("sent");
  expect(await bring(stop)).toEqual([200, { accepted: 1 }]);
  expect(await orderEnd(api, 3)).toBe("suppressed");
  await bring(update("/start", 30));
  expect(await bring(stop)).toEqual([200, { accepted: 1 }]);
  expect(await orderEnd(api, 4)).toBe("sent");
  expect(texts).toEqual(["Order 1", "Order 2", "Order 4"]);
  await bring(update("when does it come?", 10));
  await vi.waitUntil(async () => {
    const all = await replyMails(api);
    return all.length === 3 && all.every((state) => state === "sent");
  }, 10_000);
});
