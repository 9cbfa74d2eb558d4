import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Api } from "../harness/api.ts";
import { bodyOf } from "../harness/body-of.ts";
import { stopChild } from "../harness/child.ts";
import { orderEnd, replyMails } from "../harness/order-end.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** A person answers on WhatsApp: Twilio brings it to the integration's webhook, signed over its address and its fields. */

const cwd = mkdtempSync(join(tmpdir(), "tidings whatsapp "));
const accountSid = `AC${"a1".repeat(16)}`;
/** What Twilio calls, and signs; a proxy in between is let out here. */
const publicUrl = "https://notify.example.org";
const authToken = "0123456789abcdef0123456789abcdef";
const person = "whatsapp:+436601234567";
const sender = "whatsapp:+15558675310";
let server: ServerProcess;
let api: Api;
let vendor: Server;
const texts: string[] = [];

/** Twilio's way to make a message. */
async function startVendor(): Promise<string> {
  vendor = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const said = new URLSearchParams(body.toString());
      if (said.get("To") === person) texts.push(said.get("Body") ?? "");
      const sid = `SM${String(texts.length).padStart(32, "0")}`;
      response.writeHead(201, { "content-type": "application/json" });
      response.end(JSON.stringify({ sid, status: "queued" }));
    });
  }).listen(0, "127.0.0.1");
  await once(vendor, "listening");
  const address = vendor.address();
  if (address === null || typeof address === "string") throw new RangeError("the vendor has no port");
  return `http://127.0.0.1:${address.port}`;
}

beforeAll(async () => {
  server = await startServerProcess(join(cwd, "data"), { TIDINGS_PUBLIC_URL: publicUrl });
  api = new Api(server.url);
  await api.put("/v1/integrations/wa", {
    channel: "chat",
    provider: "twilio_whatsapp",
    settings: { accountSid, from: sender.replace("whatsapp:", ""), baseUrl: await startVendor() },
    secrets: { authToken },
  });
  await api.put("/v1/integrations/mailbox", { channel: "email", provider: "sandbox" });
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/templates/order", { chat: { text: "Order {{data.n}}" } });
  await api.put("/v1/templates/reply", { email: { subject: "{{data.channel}}", text: "{{data.text}}" } });
  const step = (channel: string, template: string) => ({ id: "tell", type: "channel", channel, template });
  await api.put("/v1/workflows/order", { category: "orders", steps: [step("chat", "order")] });
  await api.put("/v1/workflows/message.replied", { category: "orders", steps: [step("email", "reply")] });
  await api.put("/v1/recipients/ann", { chat: person, email: "ann@example.org" });
}, 60_000);
afterAll(async () => {
  await api?.close();
  if (server !== undefined) await stopChild(server);
  vendor?.close();
  rmSync(cwd, { recursive: true, force: true });
});

const said = (number: number, Body: string) => ({
  AccountSid: accountSid,
  MessageSid: `SM${String(number).padStart(32, "f")}`,
  SmsStatus: "received",
  From: person,
  To: sender,
  Body,
});

async function bring(fields: Record<string, string>, token = authToken): Promise<number> {
  const path = "/v1/feedback/wa";
  const signed =
    publicUrl +
    path +
    Object.keys(fields)
      .sort()
      .map((name) => `${name}${fields[name]}`)
      .join("");
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": createHmac("sha1", token).update(signed).digest("base64"),
    },
    body: new URLSearchParams(fields),
  });
  await response.arrayBuffer();
  return response.status;
}

test("who writes STOP on WhatsApp gets nothing more there until a START, however often it is brought, and what they write is an event once", async () => {
  expect(await orderEnd(api, 1)).toBe("sent");
  const stop = said(1, "STOP");
  expect(await bring(stop, "f".repeat(32))).toBe(401);
  expect(await orderEnd(api, 2)).toBe("sent");
  expect([await bring(stop), await bring(stop)]).toEqual([200, 200]);
  expect(await orderEnd(api, 3)).toBe("suppressed");
  expect(await bring(said(2, "START"))).toBe(200);
  expect(await orderEnd(api, 4)).toBe("sent");
  expect(texts.filter((text) => text.startsWith("Order"))).toEqual(["Order 1", "Order 2", "Order 4"]);
  const before = (await replyMails(api)).length;
  const question = said(3, "when does it come?");
  expect([await bring(question), await bring(question)]).toEqual([200, 200]);
  await vi.waitUntil(async () => {
    const all = await replyMails(api);
    return all.length === before + 1 && all.every((state) => state === "sent");
  }, 10_000);
});
