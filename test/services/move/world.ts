import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { newWebhookSchema } from "@tidings/contract/webhooks";
import { vi } from "vitest";
import { z } from "zod";
import type { Api } from "../../harness/api.ts";
import { configureInbox, sendNote, tokenOf } from "../../harness/inbox-world.ts";

/** Whom messages and webhooks go to: it takes nothing and answers nothing until it is told to. */
export class Receiver {
  readonly #server: Server;
  /** Paths of calls, with their `webhook-id`. */
  readonly calls: string[] = [];
  answers = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      this.calls.push(`${request.url} ${request.headers["webhook-id"]}`);
      request.resume();
      if (this.answers) response.writeHead(204).end();
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Receiver(server);
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What a server has done and has still to do. */
export interface World {
  /** Paths whose answers must be the same after the move, and the answers. */
  settled: Map<string, unknown>;
  token: string;
  /** Events whose messages are still to be sent. */
  open: string[];
  webhook: string;
  /** An idempotency key with its body and the id that was answered. */
  keyed: { key: string; body: unknown; id: string };
}

const feedback = { delivered: 0.5, bounced: 0.3, opened: 0.5, delayMs: { min: 0, max: 20 } };

async function configure(api: Api): Promise<void> {
  await configureInbox(api);
  await api.put("/v1/categories/orders", { class: "transactional", retry: { delaysSeconds: [0, 1, 1, 1] } });
  await api.put("/v1/tenants/acme", { name: "Acme" });
  const settings = { refusePermanent: 0.2, feedback };
  await api.put("/v1/integrations/mail", { channel: "email", provider: "simulator", settings });
  const secrets = { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  await api.put("/v1/integrations/hook", { channel: "webhook", provider: "webhook", secrets });
  await api.put("/v1/templates/order", { email: { subject: "{{data.title}}", text: "x" }, webhook: {} });
  await api.put("/v1/templates/order", { email: { subject: "{{data.title}}", text: "second" }, webhook: {} });
  const step = { type: "channel", template: "order" };
  const mail = { ...step, id: "mail", channel: "email" };
  await api.put("/v1/workflows/order", { category: "orders", steps: [mail] });
  await api.put("/v1/workflows/hook", { category: "orders", steps: [{ ...step, id: "hook", channel: "webhook" }] });
  await api.put("/v1/workflows/later", {
    category: "orders",
    steps: [{ id: "wait", type: "delay", seconds: 20 }, mail],
  });
}

const post = async (api: Api, name: string, index: number, more: object = {}): Promise<string> => {
  const recipients = [{ id: `u${index}`, email: `u${index}@example.org` }];
  const { json } = await api.call("POST", "/v1/events", { name, recipients, data: { title: "one line" }, ...more });
  return acceptedSchema.parse(json).id;
};

/** Lets a server do some of everything, and leaves it with work of every kind. */
export async function fillWorld(api: Api, receiver: Receiver): Promise<World> {
  await configure(api);
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  const done = await Promise.all(
    // Every eighth makes a subject that no mail may have, and so a dead letter.
    numbers.map((index) => post(api, "order", index, index % 8 === 0 ? { data: { title: "two\nlines" } } : {})),
  );
  const keyed = { key: "once", body: { name: "order", recipients: ["u1"], data: { title: "keyed" } }, id: "" };
  keyed.id = await sendKeyed(api, keyed);
  done.push(keyed.id, await post(api, "nobody.awaits", 1), await post(api, "order", 3, { tenant: "acme" }));
  for (const index of [1, 2, 3]) done.push(await sendNote(api, "anna", `n${index}`));
  const token = await tokenOf(api, "anna");
  const [item] = itemsSchema.parse((await read(api, "/v1/inbox", token)) ?? {}).items;
  await api.call("POST", "/v1/inbox/read", { ids: [item?.id] }, { authorization: `Bearer ${token}` });
  await untilSettled(api, done);
  const { json } = await api.call("POST", "/v1/webhooks", { url: `${receiver.url}/told` });
  const webhook = newWebhookSchema.parse(json).id;
  const open = await Promise.all([55, 56, 57].map((index) => post(api, "later", index)));
  open.push(await post(api, "order", 50, { scheduledAt: new Date(Date.now() + 20_000).toISOString() }));
  const address = { id: "hooked", webhook: `${receiver.url}/hook` };
  open.push(await post(api, "hook", 0, { recipients: [address] }));
  // A message is in `sending`, and its endpoint is asked of another one.
  await post(api, "order", 51);
  await vi.waitUntil(() => ["/hook", "/told"].every((path) => receiver.calls.some((call) => call.startsWith(path))), {
    timeout: 10_000,
  });
  const settled = await snapshot(api, token, done, webhook);
  return { settled, token, open, webhook, keyed };
}

const itemsSchema = z.object({ items: z.array(z.object({ id: z.string() })) });

export async function sendKeyed(api: Api, { key, body }: Pick<World["keyed"], "key" | "body">): Promise<string> {
  const { json } = await api.call("POST", "/v1/events", body, { "idempotency-key": key });
  return acceptedSchema.parse(json).id;
}

async function read(api: Api, path: string, token?: string): Promise<unknown> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { status, json } = await api.call("GET", path, undefined, headers);
  if (status !== 200) throw new Error(`GET ${path} gave ${status}: ${JSON.stringify(json)}`);
  return json;
}

async function snapshot(api: Api, token: string, events: readonly string[], webhook: string) {
  const paths = [
    ...events.map((id) => `/v1/events/${id}`),
    ...Array.from({ length: 40 }, (_, index) => `/v1/recipients/u${index}`),
    ...["workflows", "templates", "categories", "integrations", "tenants"].map((kind) => `/v1/${kind}`),
    "/v1/templates/order/versions",
    "/v1/dead-letters?limit=100",
    "/v1/api-keys",
    "/v1/environments",
    `/v1/webhooks/${webhook}`,
    `/v1/webhooks/${webhook}/secret`,
    "/v1/inbox",
    "/v1/inbox/counts",
    "/v1/inbox/changes?after=0",
  ];
  const found = new Map<string, unknown>();
  for (const path of paths) found.set(path, await answerOf(api, path, token));
  return found;
}

/** What is answered, whatever its status. */
export async function answerOf(api: Api, path: string, token: string): Promise<unknown> {
  const headers = path.startsWith("/v1/inbox") ? { authorization: `Bearer ${token}` } : {};
  return api.call("GET", path, undefined, headers);
}

const openStates = new Set(["queued", "sending"]);

/** Waits until each of these events has so many messages, and nothing is to be done with them any more. Gives their states. */
export async function untilSettled(api: Api, events: readonly string[], messagesMin = 0): Promise<string[]> {
  const states: string[] = [];
  for (const id of events) {
    const settled = await vi.waitUntil(() => settledStates(api, id, messagesMin), { timeout: 40_000, interval: 50 });
    states.push(...settled);
  }
  return states;
}

async function settledStates(api: Api, id: string, messagesMin: number): Promise<string[] | undefined> {
  const { state, runs, messages } = eventSchema.parse(await read(api, `/v1/events/${id}`));
  const states = [...messages, ...runs.flatMap((run) => run.messages)].map((message) => message.state);
  const isOpen = state === "accepted" || runs.some((run) => run.state === "waiting");
  return isOpen || states.length < messagesMin || states.some((each) => openStates.has(each)) ? undefined : states;
}
