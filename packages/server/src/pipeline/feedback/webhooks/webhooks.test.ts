import type { RequestListener } from "node:http";
import { webhookEventSchema } from "@tidings/contract/webhook-events";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { messageView } from "../../../api/views.ts";
import { sealContext } from "../../../domain/event-payload.ts";
import type { WebhookSecrets } from "../../../domain/webhook.ts";
import { Keyring } from "../../../lib/keyring.ts";
import { OutboundHttpClient } from "../../../lib/outbound-http.ts";
import { SeededRandom } from "../../../lib/seeded-random.ts";
import { SystemClock } from "../../../lib/system-clock.ts";
import type { WebhookRow } from "../../../ports/store/webhooks.ts";
import { type RecordedCall, startRecorder } from "../../../providers/testing/servers.ts";
import { Corner } from "../../../store/conformance/corner.conformance.ts";
import { Database } from "../../../store/sqlite/database.ts";
import { inProcessStore } from "../../../store/sqlite/in-process.ts";
import { migrate } from "../../../store/sqlite/migrate.ts";
import { Webhooks } from "./webhooks.ts";

/** Endpoints that are real servers, called over the real client; only days pass at a word. */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const dayMs = 86_400_000;
const secretOf = (byte: number): string => `whsec_${Buffer.alloc(32, byte).toString("base64")}`;

async function receiver(answer: RequestListener): Promise<{ url: string; calls: RecordedCall[] }> {
  const { port, calls, close } = await startRecorder(answer);
  cleanups.push(close);
  return { url: `http://127.0.0.1:${port}/hook`, calls };
}

const idOf = ({ headers }: RecordedCall): string => String(headers["webhook-id"]);

const limits = {
  openMax: 16,
  openPerBoundMax: 2,
  heldPerKeyMax: 10,
  lookMax: 100,
  pollMs: 20,
  timeoutMs: 500,
  failingMaxMs: 5 * dayMs,
};

async function bench({ allowPrivateNetwork = true, timeoutMs = limits.timeoutMs } = {}) {
  const database = new Database(":memory:", { cacheMib: 4, checkpointPages: 1000 });
  cleanups.push(() => database.close());
  migrate(database, 0);
  const system = new SystemClock();
  const time = { offsetMs: 0 };
  const clock = {
    now: () => system.now() + time.offsetMs,
    monotonic: () => system.monotonic(),
    after: (delayMs: number, run: () => void) => system.after(delayMs, run),
  };
  const monotonic = () => system.monotonic();
  const store = inProcessStore(database, {
    limits: { turnMs: 50, turnCallsMax: 100 },
    monotonic,
    schedule: setImmediate,
  });
  const random = new SeededRandom(3);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  const environment = await store.createEnvironment({ key: "e", ...keys, createdAt: 0 });
  keyring.addEnvironment(environment);
  const corner = new Corner(store, clock.now(), environment.id, environment.id);
  const http = new OutboundHttpClient({ allowPrivateNetwork });
  const told = { disabled: [] as string[], faults: [] as string[], answers: [] as string[] };
  const webhooks = new Webhooks({
    store,
    keyring,
    clock,
    random,
    http,
    view: messageView,
    limits: { ...limits, timeoutMs },
    onCalled: (_, answer, dead) => told.answers.push(`${answer.status}${dead ? " dead" : ""}`),
    onDisabled: (_, reason) => told.disabled.push(reason),
    onFault: (where, id, error) => told.faults.push(`${where} ${id} ${String(error)}`),
  });
  webhooks.start();
  cleanups.push(async () => {
    await webhooks.stop();
    await http.close();
  });
  const endpoint = (url: string, secrets: WebhookSecrets["secrets"] = [{ secret: secretOf(1), until: null }]) =>
    corner.webhook({
      sealed: keyring.sealForEnvironment(environment.id, sealContext.webhook, JSON.stringify({ url, secrets })),
    });
  const log = async (webhook: WebhookRow) => {
    const all = { state: undefined, type: undefined, before: "", limit: 100 };
    return (await store.listWebhookDeliveries({ environmentId: environment.id, webhookId: webhook.id, ...all })).items;
  };
  /** Lets time pass, in which nothing happens but what was due. */
  const pass = (ms: number): void => {
    time.offsetMs += ms;
    webhooks.wake();
  };
  return { store, corner, told, endpoint, log, pass, clock, environmentId: environment.id };
}

type Bench = Awaited<ReturnType<typeof bench>>;
const until = (check: () => unknown) => vi.waitUntil(check, { timeout: 8000, interval: 10 });
const settled = (b: Bench, webhook: WebhookRow) =>
  until(async () => (await b.log(webhook)).every(({ state }) => state !== "waiting"));
const attempted = (b: Bench, webhook: WebhookRow, times: number) =>
  until(async () => (await b.log(webhook)).every(({ attempts }) => attempts >= times));

describe("an endpoint", () => {
  test("is told of a message once, signed as the reference library verifies it, without attempts and addresses", async () => {
    const b = await bench();
    const shop = await receiver((_, response) => response.writeHead(204).end());
    const webhook = await b.endpoint(shop.url);
    const message = await b.corner.dead({ addressHash: "an address", runId: "" });
    await until(() => shop.calls.length === 1);
    const [call] = shop.calls;
    const verified = new Webhook(secretOf(1)).verify(call?.body ?? "", {
      "webhook-id": String(call?.headers["webhook-id"]),
      "webhook-timestamp": String(call?.headers["webhook-timestamp"]),
      "webhook-signature": String(call?.headers["webhook-signature"]),
    });
    const event = webhookEventSchema.parse(verified);
    expect(event).toMatchObject({ type: "message.dead", data: { id: message.id, state: "dead", recipient: "u1" } });
    expect(verified).not.toHaveProperty("data.attempts");
    expect(call?.body).not.toContain("an address");
    await settled(b, webhook);
    expect(await b.log(webhook)).toMatchObject([
      { id: call?.headers["webhook-id"], state: "delivered", log: [{ number: 1, status: 204, code: "" }] },
    ]);
    expect(b.told).toMatchObject({ faults: [], answers: ["taken"] });
  });

  test("that fails is called again under the same id when its schedule says so, and not before Retry-After", async () => {
    const b = await bench();
    let calls = 0;
    const shop = await receiver((_, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(500).end();
      else if (calls === 2) response.writeHead(429, { "retry-after": "3600" }).end();
      else response.end("thanks");
    });
    const webhook = await b.endpoint(shop.url);
    await b.corner.dead();
    await attempted(b, webhook, 1);
    const [first] = await b.log(webhook);
    expect(first?.dueAt).toBeGreaterThan(b.clock.now() + 3000);
    b.pass(6100);
    await attempted(b, webhook, 2);
    const [second] = await b.log(webhook);
    expect(second?.dueAt).toBeGreaterThan(b.clock.now() + 3_590_000);
    b.pass(3_600_000);
    await settled(b, webhook);
    expect(new Set(shop.calls.map(idOf)).size).toBe(1);
    expect((await b.log(webhook))[0]?.log.map(({ status, code }) => `${status} ${code}`)).toEqual([
      "500 500",
      "429 429",
      "200 ",
    ]);
  }, 20_000);

  test.each<[string, RequestListener, string]>([
    ["redirects", (_, response) => response.writeHead(307, { location: "/other" }).end(), "307"],
    ["hangs", () => {}, "timeout"],
    ["hangs up", (request) => request.socket.destroy(), "reset"],
  ])("that %s has failed, and is followed nowhere", async (_, answer, code) => {
    const b = await bench();
    const shop = await receiver(answer);
    const webhook = await b.endpoint(shop.url);
    await b.corner.dead();
    await attempted(b, webhook, 1);
    expect(await b.log(webhook)).toMatchObject([{ state: "waiting", log: [{ code }] }]);
    expect(shop.calls.map(({ url }) => url)).toEqual(["/hook"]);
  });

  test("in a private network is not called where that is not allowed", async () => {
    const b = await bench({ allowPrivateNetwork: false });
    const inner = await receiver((_, response) => response.end());
    const webhook = await b.endpoint(inner.url);
    await b.corner.dead();
    await attempted(b, webhook, 1);
    expect(await b.log(webhook)).toMatchObject([{ log: [{ status: null, code: "address_refused" }] }]);
    expect(inner.calls).toEqual([]);
  });

  test("that says 410 is disabled at once, and told nothing more until it is enabled", async () => {
    const b = await bench();
    let gone = true;
    const shop = await receiver((_, response) => response.writeHead(gone ? 410 : 200).end());
    const webhook = await b.endpoint(shop.url);
    await b.corner.dead();
    await until(() => b.told.disabled.length === 1);
    expect(b.told.disabled).toEqual(["gone"]);
    await b.corner.dead();
    gone = false;
    const row = await b.store.getWebhook({ environmentId: b.environmentId, id: webhook.id });
    if (row === undefined) throw new RangeError("there is no such webhook");
    expect(row).toMatchObject({ enabled: false, disabledReason: "gone" });
    await b.store.putWebhook({ ...row, enabled: true, now: b.clock.now() });
    const message = await b.corner.dead({ runId: "" });
    await until(() => shop.calls.length === 2);
    expect(webhookEventSchema.parse(JSON.parse(shop.calls[1]?.body ?? ""))).toMatchObject({ data: { id: message.id } });
  });

  test("that does nothing but fail for five days is disabled, and what waits goes on when it is enabled", async () => {
    const b = await bench();
    let down = true;
    const shop = await receiver((_, response) => response.writeHead(down ? 503 : 200).end());
    const webhook = await b.endpoint(shop.url);
    const first = await b.corner.dead();
    await attempted(b, webhook, 1);
    for (let tries = 2; tries <= 10; tries += 1) {
      b.pass(1.2 * dayMs);
      await until(() => shop.calls.length >= tries || b.told.disabled.length > 0);
      if (b.told.disabled.length > 0) break;
      await attempted(b, webhook, tries);
    }
    expect(b.told.disabled).toEqual(["failing"]);
    down = false;
    const row = await b.store.getWebhook({ environmentId: b.environmentId, id: webhook.id });
    if (row === undefined) throw new RangeError("there is no such webhook");
    expect(row.failingSince).not.toBeNull();
    await b.store.putWebhook({ ...row, enabled: true, now: b.clock.now() });
    b.pass(2 * dayMs);
    await settled(b, webhook);
    expect(await b.log(webhook)).toMatchObject([{ messageId: first.id, state: "delivered" }]);
  }, 30_000);

  test("that does not answer delays no other, however much is due for it", async () => {
    const b = await bench({ timeoutMs: 5000 });
    const hole = await receiver(() => {});
    const shop = await receiver((_, response) => response.end());
    await b.endpoint(hole.url);
    for (let count = 0; count < 30; count += 1) await b.corner.dead();
    await until(() => hole.calls.length === limits.openPerBoundMax);
    const webhook = await b.endpoint(shop.url);
    for (let count = 0; count < 30; count += 1) await b.corner.dead();
    await until(() => shop.calls.length === 30);
    await settled(b, webhook);
    expect(hole.calls).toHaveLength(limits.openPerBoundMax);
    expect(b.told.answers.every((answer) => answer === "taken")).toBe(true);
  }, 20_000);

  test("whose secret is being replaced gets both signatures, until the old one's time is over", async () => {
    const b = await bench();
    const shop = await receiver((_, response) => response.end());
    await b.endpoint(shop.url, [
      { secret: secretOf(2), until: null },
      { secret: secretOf(1), until: b.clock.now() + 60_000 },
      { secret: secretOf(3), until: b.clock.now() - 1 },
    ]);
    await b.corner.dead();
    await until(() => shop.calls.length === 1);
    const [call] = shop.calls;
    const headers = {
      "webhook-id": String(call?.headers["webhook-id"]),
      "webhook-timestamp": String(call?.headers["webhook-timestamp"]),
      "webhook-signature": String(call?.headers["webhook-signature"]),
    };
    expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
    for (const byte of [1, 2])
      expect(() => new Webhook(secretOf(byte)).verify(call?.body ?? "", headers)).not.toThrow();
    expect(() => new Webhook(secretOf(3)).verify(call?.body ?? "", headers)).toThrow();
  });

  test("gets an example that is like any other", async () => {
    const b = await bench();
    const shop = await receiver((_, response) => response.end());
    const webhook = await b.endpoint(shop.url);
    const example = { webhookId: webhook.id, id: b.corner.id(), type: "message.opened" as const, now: b.clock.now() };
    await b.store.addWebhookExample({ ...example, environmentId: b.environmentId });
    await settled(b, webhook);
    expect(webhookEventSchema.parse(JSON.parse(shop.calls[0]?.body ?? ""))).toMatchObject({ type: "message.opened" });
    expect(shop.calls.map(idOf)[0]).toBe(example.id);
  });
});
