import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMessageEvent } from "@tidings/client/webhooks";
import { acceptedSchema } from "@tidings/contract/events";
import { type MessageView, messageSchema } from "@tidings/contract/messages";
import { newWebhookSchema, webhookDeliverySchema } from "@tidings/contract/webhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Api } from "../harness/api.ts";
import { stopChild } from "../harness/child.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../harness/webhook-receiver.ts";

/** A real receiver of a server that is killed while it sends, reports and tells. */

const folder = mkdtempSync(join(tmpdir(), "tidings-outbox-"));
const messages = 120;
const kills = 4;
let receiver: WebhookReceiver;
let server: ServerProcess;
let api: Api;

/** Calls about messages that were taken, by `webhook-id`. */
const taken = new Map<string, { type: string; message: string; calls: number }>();
let calls = 0;

const start = async (port: number): Promise<void> => {
  server = await startServerProcess(join(folder, "data"), {}, { port });
  api = new Api(server.url);
};

beforeAll(async () => {
  receiver = await startWebhookReceiver((id, event) => {
    if (!isMessageEvent(event)) return 204;
    calls += 1;
    taken.set(id, { type: event.type, message: event.data.id, calls: (taken.get(id)?.calls ?? 0) + 1 });
    return 204;
  });
  await start(0);
  const made = await api.call("POST", "/v1/webhooks", { url: receiver.url });
  receiver.secret = newWebhookSchema.parse(made.json).secret;
  await api.put("/v1/categories/orders", {
    class: "transactional",
    retry: { delaysSeconds: [1, 1, 1, 1, 1, 1, 1, 1] },
  });
  const feedback = { delivered: 0.6, bounced: 0.2, opened: 0.5, delayMs: { min: 0, max: 300 } };
  await api.put("/v1/integrations/mail", {
    channel: "email",
    provider: "simulator",
    settings: { latencyMs: { min: 0, max: 30 }, refusePermanent: 0.2, feedback },
  });
  await api.put("/v1/templates/order", { email: { subject: "{{data.title}}", text: "x" } });
  await api.put("/v1/workflows/order", {
    category: "orders",
    steps: [{ id: "mail", type: "channel", channel: "email", template: "order" }],
  });
}, 60_000);

afterAll(async () => {
  await api.close();
  await stopChild(server);
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Reports an event until it is answered; one in ten is made so that its template fails. */
async function send(number: number): Promise<string> {
  const event = {
    name: "order",
    recipients: [{ id: `u${number}`, email: `u${number}@example.org` }],
    data: { title: number % 10 === 0 ? "two\nlines" : "one line" },
  };
  const post = async () => {
    try {
      const { status, json } = await api.call("POST", "/v1/events", event, { "idempotency-key": `event-${number}` });
      return status === 202 ? acceptedSchema.parse(json).id : undefined;
    } catch {
      return undefined;
    }
  };
  return vi.waitUntil(post, { timeout: 90_000, interval: 50 });
}

const pageSchema = z.object({ items: z.array(messageSchema), nextCursor: z.string().optional() });

async function allMessages(): Promise<MessageView[]> {
  const found: MessageView[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = pageSchema.parse((await api.call("GET", `/v1/messages?limit=100${query}`)).json);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

/** What is known to have happened to a message; states that feedback passed by may have been told too. */
function expected(message: MessageView): string[] {
  const types = [`message.${message.state}`];
  if (message.openedAt !== undefined) types.push("message.opened");
  return types;
}

describe("webhooks of a server that is killed", () => {
  test("tell every change of every message under exactly one id, and are all verified by the reference library", async () => {
    const sends = Array.from({ length: messages }, (_, number) => send(number));
    for (let kill = 1; kill <= kills; kill += 1) {
      await vi.waitUntil(() => calls >= (kill * messages) / (kills + 1), { timeout: 90_000, interval: 5 });
      await stopChild(server, "SIGKILL");
      await api.close();
      await start(server.port);
    }
    await Promise.all(sends);
    const open = ["queued", "sending"];
    const rest = async () => {
      const all = await allMessages();
      return all.length === messages && all.every(({ state }) => !open.includes(state)) ? all : undefined;
    };
    await vi.waitUntil(rest, { timeout: 60_000, interval: 200 });
    const [webhook] = z
      .object({ items: z.array(z.object({ id: z.string() })) })
      .parse((await api.call("GET", "/v1/webhooks")).json).items;
    const waits = async () => {
      const { json } = await api.call("GET", `/v1/webhooks/${webhook?.id}/deliveries?state=waiting`);
      return z.object({ items: z.array(webhookDeliverySchema) }).parse(json).items.length === 0;
    };
    await vi.waitUntil(waits, { timeout: 60_000, interval: 100 });
    const told = new Map<string, number>();
    for (const { type, message } of taken.values()) {
      const name = `${message} ${type}`;
      told.set(name, (told.get(name) ?? 0) + 1);
    }
    const all = await allMessages();
    const missing = all.flatMap((message) => expected(message).filter((type) => !told.has(`${message.id} ${type}`)));
    expect(missing).toEqual([]);
    expect([...told.values()].filter((count) => count !== 1)).toEqual([]);
    expect(receiver.forged).toEqual([]);
    const types = new Set([...taken.values()].map(({ type }) => type));
    for (const type of ["message.sent", "message.delivered", "message.bounced", "message.failed", "message.dead"])
      expect(types).toContain(type);
  }, 300_000);
});
