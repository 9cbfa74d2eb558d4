import type { RequestListener } from "node:http";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import type { FetchAnswer } from "../../domain/fetch-result.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { OutboundHttpClient } from "../../lib/outbound-http.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { EventRow } from "../../ports/store/log.ts";
import { type RecordedCall, startRecorder } from "../../providers/testing/servers.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { Corner } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { HandlebarsRequests } from "../../templates/handlebars-request.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { effectLimits, stepLimits, undescribedTenants } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";
import type { EffectLimits } from "./step-limits.ts";

/*
 * Fetch steps over the real client, against real servers, on a real store. What a crash does to them is the simulation's
 * and test/e2e/fetch.test.ts's.
 */

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A far side. `host` is another name of this machine for each, so that their bounds are told apart. */
async function far(answer: RequestListener): Promise<{ url: string; asked: RecordedCall[] }> {
  const { port, calls, close } = await startRecorder(answer);
  cleanups.push(close);
  return { url: `http://127.0.0.1:${port}`, asked: calls };
}

type Fetch = Record<string, unknown>;
const mail = { id: "mail", type: "channel" as const, channel: "email" as const, template: "t" };

interface BenchOptions {
  allowPrivateNetwork?: boolean;
  limits?: Partial<EffectLimits>;
}

/** A real store in memory, with a keyring, and one environment. */
async function ground() {
  const database = new Database(":memory:", { cacheMib: 4, checkpointPages: 1000 });
  cleanups.push(() => database.close());
  migrate(database, 0);
  const clock = new SystemClock();
  const store = storeOn(database);
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 100);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  const environment = await store.createEnvironment({ key: "e", ...keys, createdAt: 0 });
  keyring.addEnvironment(environment);
  const ids = new IdSource(
    () => clock.now(),
    (length) => random.bytes(length),
  );
  return { clock, store, random, keyring, ids, environmentId: environment.id };
}

function configurationOf(environmentId: number, workflows: Record<string, Fetch>): Configuration {
  const documents = Object.entries(workflows).map(([key, fetch]) => ({
    environmentId,
    key,
    version: 1,
    document: workflowBodySchema.parse({ category: "c", steps: [{ id: "ask", type: "fetch", ...fetch }, mail] }),
  }));
  const template = { environmentId, key: "t", version: 1, document: { email: { subject: "s" } } };
  return {
    workflowsFor: (_, name) => documents.filter(({ key }) => key === name),
    category: () => undefined,
    policy: () => undefined,
    segment: () => undefined,
    laneOf: () => "transactional",
    currentTemplate: () => template,
    integrations: () => [],
    workflowVersion: async (_, key) => documents.find((each) => each.key === key),
    templateVersion: async () => template,
  };
}

const turnLimits = {
  digest: { eventsMax: 100, bytesMax: 10_000 },
  waits: stepLimits.waits,
  recent: { messagesMax: 100 },
  firstTurnRecipientsMax: 10,
  openedRecipientsMax: 10,
  pacedMessages: 1000,
  paceMaxMs: 10,
  batchMax: 100,
  concurrency: 1,
  recipientsPerTurn: 20,
  recipientsPerStride: 20,
  recipientsPerShortStride: 20,
  strideQuietMs: 1000,
  expandedWaitingMax: 1000,
  derived: { depthMax: 4, perRootMax: 40, countKeptMs: 86_400_000, dataBytesMax: 2000 },
  replayLookedMax: 100,
  expansionHeldMs: 100,
  expansionTurnsMax: 3,
  segmentLookedMax: 60,
  segmentMessagesMax: 10,
  messagesPerCommit: 50,
  deferralSpreadMs: 0,
  attentionEntriesMax: 100,
  attentionHorizonMs: 86_400_000,
};

/** Workflows of one fetch step `ask` and a mail, each started by the event of its name. */
async function bench(workflows: Record<string, Fetch>, { allowPrivateNetwork = true, limits = {} }: BenchOptions = {}) {
  const on = await ground();
  const { clock, store, environmentId } = on;
  const faults: string[] = [];
  const answers: FetchAnswer[] = [];
  const delivered: Delivery[] = [];
  const queue = new EmbeddedQueue({
    clock,
    itemsMax: 1000,
    pollMs: 20,
    findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: "here" }),
    onFault: (topic, error) => faults.push(`${topic} ${String(error)}`),
  });
  const http = new OutboundHttpClient({ allowPrivateNetwork });
  const orchestrate = new Orchestrate({
    ...on,
    tenants: undescribedTenants,
    lookBack: { looksBack: () => false },
    dataSchemas: { dataFaults: () => [] },
    awaited: { awaitedAs: () => [] },
    steps: stepKinds,
    configuration: configurationOf(environmentId, workflows),
    queue,
    http,
    requests: new HandlebarsRequests({ outputLengthMax: 10_000, passesMax: 100 }),
    tracer: undefined,
    limits: { ...turnLimits, effects: { ...effectLimits, ...limits } },
    takeEvent: () => undefined,
    places: undefined,
    handOver: (delivery) => delivered.push(delivery),
    onFault: (where, id) => faults.push(`${where} ${id}`),
    onRunaway: () => {},
    onFetched: (_run, _step, answer) => answers.push(answer),
    onCommitted: () => {},
  });
  orchestrate.start();
  cleanups.push(async () => {
    await Promise.all([orchestrate.stop(), queue.stop()]);
    await http.close();
  });
  return { ...on, queue, faults, answers, delivered, ...looksAt(on, delivered), send: senderOf(on, queue) };
}

type Ground = Awaited<ReturnType<typeof ground>>;

function senderOf({ store, clock, keyring, environmentId }: Ground, queue: EmbeddedQueue) {
  const corner = new Corner(store, clock.now(), environmentId, environmentId);
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(environmentId, context, JSON.stringify(value));
  return async (name: string, data: Record<string, unknown> = {}): Promise<string> => {
    const event = await corner.accepted({
      name,
      receivedAt: clock.now(),
      dueAt: clock.now(),
      cancellationHash: "cancel",
      payload: seal(sealContext.payload, { data, recipients: ["u1"] }),
      inline: seal(sealContext.inline, [{ id: "u1", email: "u1@example.org" }]),
    });
    queue.wake("events.transactional");
    return event.id;
  };
}

function looksAt({ store, environmentId }: Ground, delivered: readonly Delivery[]) {
  const event = async (id: string): Promise<EventRow> => {
    const row = await store.getEvent({ environmentId, id, limit: 100 });
    if (row === undefined) throw new Error("there is no such event");
    return row;
  };
  return {
    event,
    /** What the message of an event was given as the step's result, once it is there. */
    result: (id: string) =>
      vi.waitUntil(() => delivered.find(({ eventId }) => eventId === id)?.steps?.ask, { timeout: 8000 }),
    /** How its run ended as a dead letter. */
    death: async (id: string): Promise<string> => {
      const dead = async () => (await event(id)).runs.find(({ state }) => state === "dead");
      const run = await vi.waitUntil(dead, { timeout: 8000 });
      const letter = await store.getDeadLetter({ environmentId, id: run.id });
      return `${letter?.reason} ${letter?.detail}`;
    },
  };
}

const get = (url: string, over: Fetch = {}): Fetch => ({ request: { method: "GET", url }, ...over });

describe("a fetch step", () => {
  test("asks with what its templates make, and its answer goes with the message", async () => {
    const shop = await far((_, response) => response.end('{"stock": 3, "items": [{"name": "Tea"}]}'));
    const b = await bench({
      order: {
        request: {
          method: "POST",
          url: `${shop.url}/stock/{{data.item}}?for={{recipient.id}}`,
          headers: { "X-Api": "v{{data.version}}" },
          body: '{"item": "{{data.item}}"}',
        },
      },
    });
    const id = await b.send("order", { item: 'a/"b', version: 2 });
    expect(await b.result(id)).toEqual({ status: 200, body: { stock: 3, items: [{ name: "Tea" }] } });
    expect(shop.asked).toMatchObject([{ method: "POST", url: "/stock/a%2F%22b?for=u1", body: '{"item": "a/\\"b"}' }]);
    expect(shop.asked[0]?.headers).toMatchObject({
      "x-api": "v2",
      "content-type": "application/json",
      "idempotency-key": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await b.event(id)).toMatchObject({ runs: [{ state: "completed" }], messages: [{ step: "mail" }] });
    expect(b.faults).toEqual([]);
  });

  test("asks again under the same key where the far side was busy, and not before it asked for", async () => {
    let times = 0;
    const busy = await far((_, response) => {
      times += 1;
      if (times < 3) response.writeHead(503, { "retry-after": "0" }).end();
      else response.end("[]");
    });
    const b = await bench({ order: get(busy.url, { retries: 2 }) });
    expect(await b.result(await b.send("order"))).toEqual({ status: 200, body: [] });
    expect(new Set(busy.asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(busy.asked).toHaveLength(3);
    expect(b.answers.map(({ status }) => status)).toEqual(["failed", "failed", "answered"]);
  }, 15_000);

  test.each<[string, RequestListener, string]>([
    ["says no", (_, response) => response.writeHead(404).end("{}"), "404"],
    ["redirects", (_, response) => response.writeHead(302, { location: "/other" }).end(), "302"],
    ["answers HTML", (_, response) => response.end("<html>"), "answer_not_json"],
    ["answers no UTF-8", (_, response) => response.end(Buffer.from([0x22, 0xff, 0x22])), "answer_not_json"],
    ["nests too deep", (_, response) => response.end("[".repeat(40) + "]".repeat(40)), "answer_too_deep"],
    ["answers too much", (_, response) => response.end(JSON.stringify("x".repeat(20_000))), "body_too_large"],
    ["never ends its answer", (_, response) => void response.write("["), "timeout"],
    ["hangs up", (request) => void request.socket.destroy(), "reset"],
  ])(
    "that %s ends the run as a dead letter that says why, or goes on where the step says so",
    async (_, answer, code) => {
      const bad = await far(answer);
      const over = { retries: 0, timeoutMs: 300 };
      const b = await bench({
        fails: get(bad.url, over),
        continues: get(bad.url, { ...over, onError: "continue" }),
      });
      const [dies, lives] = [await b.send("fails"), await b.send("continues")];
      expect(await b.death(dies)).toBe(`fetch_failed ask: ${code}`);
      expect(await b.result(lives)).toMatchObject({ error: code });
      expect(bad.asked).toHaveLength(2);
      expect((await b.event(dies)).messages).toEqual([]);
      expect(b.faults).toEqual([]);
    },
  );

  test("to a private address is refused without a byte sent, where private networks are not allowed", async () => {
    const inner = await far((_, response) => response.end("{}"));
    const b = await bench({ order: get(inner.url) }, { allowPrivateNetwork: false });
    expect(await b.death(await b.send("order"))).toBe("fetch_failed ask: address_refused");
    expect(inner.asked).toEqual([]);
  });

  test("whose values do not fit their place asks nobody", async () => {
    const shop = await far((_, response) => response.end("{}"));
    const request = { method: "GET", url: `${shop.url}/`, headers: { "x-a": "{{data.x}}" } };
    const b = await bench({ order: { request } });
    expect(await b.death(await b.send("order", { x: "a\r\nb: c" }))).toBe("fetch_failed ask: template_failed");
    expect(shop.asked).toEqual([]);
  });

  test("whose results together are too large goes no further", async () => {
    const shop = await far((_, response) => response.end(JSON.stringify("x".repeat(900))));
    const b = await bench({ order: get(shop.url) }, { limits: { journalBytesMax: 500 } });
    expect(await b.death(await b.send("order"))).toBe("fetch_failed ask: results_too_large");
  });

  test("to a host that does not answer delays no other, however many wait for it", async () => {
    const hole = await far(() => {});
    const shop = await far((_, response) => response.end("{}"));
    const b = await bench({ hole: get(hole.url, { retries: 0, timeoutMs: 4000 }), order: get(shop.url) });
    for (let count = 0; count < 60; count += 1) await b.send("hole");
    await vi.waitUntil(() => hole.asked.length > 0, { timeout: 8000 });
    const orders = [];
    for (let count = 0; count < 30; count += 1) orders.push(await b.send("order"));
    for (const id of orders) expect(await b.result(id)).toEqual({ status: 200, body: {} });
    expect(hole.asked).toHaveLength(effectLimits.openPerBoundMax);
    expect(b.answers.every(({ status }) => status === "answered")).toBe(true);
  }, 20_000);

  test("whose event is canceled while it asks gets no result, and asks no more", async () => {
    const held: (() => void)[] = [];
    const shop = await far((_, response) => held.push(() => response.writeHead(503).end()));
    const b = await bench({ order: get(shop.url) });
    const id = await b.send("order");
    await vi.waitUntil(() => held.length === 1, { timeout: 8000 });
    const { environmentId, clock } = b;
    await b.store.cancelEvents({ environmentId, cancellationHash: "cancel", now: clock.now() });
    for (const answer of held) answer();
    await vi.waitUntil(() => b.answers.length === 1, { timeout: 8000 });
    const later = { lane: "transactional" as const, now: clock.now() + 3_600_000, limit: 10, perKeyMax: 10 };
    expect(await b.store.dueEffects(later)).toEqual([]);
    expect(await b.event(id)).toMatchObject({ messages: [], runs: [{ state: "canceled" }] });
  });
});
