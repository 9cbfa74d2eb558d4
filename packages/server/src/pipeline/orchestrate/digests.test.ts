import { workflowBodySchema } from "@tidings/contract/workflows";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { deriveId, IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { openCorner, times } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { effectLimits, noEffects, stepLimits } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

/*
 * Steps that gather and count, on a real store under a simulated clock. TIDINGS_TEST_DIGEST_KEYS and
 * TIDINGS_TEST_DIGEST_EVENTS size the test with many keys.
 */
const keysMany = Number(process.env["TIDINGS_TEST_DIGEST_KEYS"] ?? 40);
const eventsMany = Number(process.env["TIDINGS_TEST_DIGEST_EVENTS"] ?? 12);

const databases: Database[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const workflows: Record<string, object[]> = {
  digest: [{ id: "sum", type: "digest", key: "data.key", window: { kind: "fixed", seconds: 60 } }, mail("mail")],
  later: [
    { id: "wait", type: "delay", seconds: 5 },
    { id: "sum", type: "digest", window: { kind: "sliding", seconds: 60, maxSeconds: 90 } },
    {
      id: "many",
      type: "condition",
      if: { field: "steps.sum.count", op: "gte", value: 2 },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      then: [mail("mail")],
    },
  ],
  throttled: [mail("first"), { id: "few", type: "throttle", limit: 2, windowSeconds: 60 }, mail("second")],
};

function configurationOf(environmentId: number): Configuration {
  const documents = Object.entries(workflows).map(([key, steps]) => {
    const document = workflowBodySchema.parse({ category: "c", steps });
    return { environmentId, key, version: 1, document };
  });
  const template = { environmentId, key: "t", version: 1, document: { email: { subject: "s" } } };
  return {
    workflowsFor: (_, name) => documents.filter(({ key }) => key === name),
    category: () => undefined,
    policy: () => undefined,
    laneOf: () => "transactional",
    currentTemplate: () => template,
    integrations: () => [],
    workflowVersion: async (_, key) => documents.find((each) => each.key === key),
    templateVersion: async () => template,
  };
}

const turnLimits = {
  effects: { ...effectLimits, pollMs: 60_000 },
  recent: stepLimits.recent,
  firstTurnRecipientsMax: 10,
  openedRecipientsMax: 10,
  pacedMessages: 1000,
  paceMaxMs: 10,
  batchMax: 100,
  concurrency: 4,
  recipientsPerTurn: 20,
  messagesPerCommit: 50,
  expandedWaitingMax: 1000,
  expansionHeldMs: 100,
  expansionTurnsMax: 3,
  deferralSpreadMs: 0,
  attentionEntriesMax: 100,
  attentionHorizonMs: 86_400_000,
};

async function bench(digest = stepLimits.digest, pollMs = 1000) {
  const database = new Database(":memory:", { cacheMib: 64, checkpointPages: 1000 });
  databases.push(database);
  migrate(database, 0);
  const corner = await openCorner(storeOn(database));
  const { environmentId } = corner;
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id: environmentId, ...keys });
  const line = new SimulatedClock(corner.at);
  const faults: string[] = [];
  const delivered = new Map<string, Delivery>();
  /** A process, which dies after so many steps of its store. */
  const start = (crashAfter = Number.POSITIVE_INFINITY): EmbeddedQueue => {
    const clock = line.fork();
    const store = storeOn(database, { after: crashAfter, crash: () => clock.drop() });
    const queue = new EmbeddedQueue({
      clock,
      itemsMax: 5000,
      pollMs,
      findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: "here" }),
      onFault: (topic, error) => faults.push(`${topic} ${String(error)}`),
    });
    new Orchestrate({
      ...noEffects,
      store,
      keyring,
      clock,
      steps: stepKinds,
      configuration: configurationOf(environmentId),
      queue: {
        publish: (topic, items) => queue.publish(topic, items),
        consume: (topic, handler, options) => queue.consume(topic, handler, options),
        wake: () => {},
        depth: () => 0,
        stop: async () => {},
      },
      ids: new IdSource(
        () => clock.now(),
        (length) => random.bytes(length),
      ),
      limits: { ...turnLimits, digest },
      takeEvent: () => undefined,
      places: undefined,
      handOver: (delivery) => delivered.set(delivery.id, delivery),
      onFault: (where, id) => faults.push(`${where} ${id}`),
      onCommitted: () => {},
    }).start();
    return queue;
  };
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(environmentId, context, JSON.stringify(value));
  const event = (name: string, data: object, over: Partial<NewEvent> = {}): NewEvent => ({
    ...corner.event({ name, receivedAt: line.now(), dueAt: line.now(), ...over }),
    // Ids of events that came at one time are in no order.
    id: deriveId(line.now(), "event", JSON.stringify([name, data])),
    payload: seal(sealContext.payload, { data, recipients: ["u1"] }),
    inline: over.inline === null ? null : seal(sealContext.inline, [{ id: "u1", email: "u1@example.org" }]),
  });
  const accept = async (name: string, data: object, over: Partial<NewEvent> = {}): Promise<string> => {
    const made = event(name, data, over);
    await corner.store.acceptEvents({ events: [made] });
    return made.id;
  };
  const rest = (ms: number) => line.settleTo(line.now() + ms);
  return { corner, database, clock: line, faults, delivered, start, event, accept, rest };
}

type Bench = Awaited<ReturnType<typeof bench>>;

const resultSchema = z.object({
  count: z.number(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  events: z.array(z.object({ id: z.string(), at: z.iso.datetime(), data: z.record(z.string(), z.json()) })),
});

/** What each digest that was sent had gathered. */
const digests = ({ delivered }: Bench) =>
  [...delivered.values()].map(({ steps }) => resultSchema.parse(steps?.["sum"]));
const numbers = (b: Bench) => digests(b).map(({ events }) => events.map(({ data }) => data["n"]));

describe("a digest step", () => {
  test("gathers what comes in its window and sends it once, in the order in which it came", async () => {
    const b = await bench();
    const queue = b.start();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      ids.push(await b.accept("digest", { key: "a", n }));
      await b.rest(10_000);
    }
    await b.rest(29_000);
    expect(b.delivered.size).toBe(0);
    await b.rest(3_000);
    const [digest] = digests(b);
    expect(numbers(b)).toEqual([[1, 2, 3]]);
    expect(digest?.events.map(({ id }) => id)).toEqual(ids);
    expect(digest).toMatchObject({ count: 3, firstAt: digest?.events[0]?.at, lastAt: digest?.events[2]?.at });
    const { environmentId, store } = b.corner;
    const rows = await Promise.all(ids.map((id) => store.getEvent({ environmentId, id, limit: 10 })));
    const run = rows[0]?.runs[0]?.id;
    for (const row of rows)
      expect(row?.decisions).toMatchObject([{ outcome: "gathered", reason: "digest", detail: run }]);
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("is joined by runs that waited, and its count is read by a condition behind it", async () => {
    const b = await bench();
    const queue = b.start();
    await b.accept("later", { n: 1 });
    await b.rest(40_000);
    await b.accept("later", { n: 2 });
    await b.rest(100_000);
    expect(numbers(b)).toEqual([[1, 2]]);
    await b.accept("later", { n: 3 });
    await b.rest(100_000);
    expect(numbers(b)).toEqual([[1, 2]]);
    await queue.stop();
  });

  test("leaves out what was canceled or has expired, and sends nothing where nothing is left", async () => {
    const b = await bench();
    const queue = b.start();
    const first = await b.accept("digest", { key: "a", n: 1 }, { cancellationHash: "c" });
    await b.accept("digest", { key: "a", n: 2 }, { expiresAt: b.clock.now() + 59_000 });
    await b.accept("digest", { key: "a", n: 3 });
    await b.accept("digest", { key: "b", n: 4 }, { cancellationHash: "c" });
    await b.rest(5000);
    const { environmentId, store } = b.corner;
    await store.cancelEvents({ environmentId, cancellationHash: "c", now: b.clock.now() });
    await b.rest(60_000);
    expect(numbers(b)).toEqual([[3]]);
    expect((await store.getEvent({ environmentId, id: first, limit: 10 }))?.messages).toEqual([]);
    const reasons = b.database
      .all("select reason from decision where outcome = 'not_sent'")
      .map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(["digest_empty", "expired"]);
    await queue.stop();
  });

  test("closes early when it is full, and what came more is in the next", async () => {
    const b = await bench({ eventsMax: 4, bytesMax: 10_000 });
    const queue = b.start();
    for (const n of times(10, (index) => index)) await b.accept("digest", { key: "a", n });
    await b.rest(3000);
    expect(digests(b).map(({ count }) => count)).toEqual([4, 4]);
    await b.rest(60_000);
    const all = numbers(b).flat();
    expect(all.sort()).toEqual(times(10, (index) => index));
    await queue.stop();
  });

  test("loses and doubles nothing where processes die between any two steps of their store", async () => {
    for (const crashAfter of times(40, (index) => index + 1)) {
      const b = await bench(stepLimits.digest, 10_000);
      for (const n of times(6, (index) => index)) await b.accept("digest", { key: n % 2, n });
      b.start(crashAfter);
      await b.rest(10);
      b.start(crashAfter);
      await b.rest(71_000);
      const queue = b.start();
      await b.rest(72_000);
      expect([
        crashAfter,
        b.delivered.size,
        new Set(numbers(b).map((each) => JSON.stringify(each.toSorted()))),
      ]).toEqual([crashAfter, 2, new Set(["[0,2,4]", "[1,3,5]"])]);
      expect(b.database.get("select count(*) as n from message")).toEqual({ n: 2 });
      expect(b.database.get("select count(*) as n from digest_entry")).toEqual({ n: 0 });
      await queue.stop();
    }
  }, 60_000);

  test(
    `${keysMany} keys with ${eventsMany} events each of one time: one digest per key, with its events and no others`,
    async () => {
      const b = await bench({ eventsMax: 1000, bytesMax: 1_000_000 });
      const random = new SeededRandom(11);
      const all = times(keysMany * eventsMany, (index) => ({ key: index % keysMany, n: Math.floor(index / keysMany) }));
      const shuffled = all
        .map((data) => ({ data, place: random.number() }))
        .sort((a, c) => a.place - c.place)
        .map(({ data }) => b.event("digest", data, { inline: null }));
      await b.accept("nothing", {});
      const first = b.start();
      await b.rest(100);
      await first.stop();
      for (let start = 0; start < shuffled.length; start += 500)
        await b.corner.store.acceptEvents({ events: shuffled.slice(start, start + 500) });
      // Two at a time, which take the same events, and die.
      for (const crashAfter of times(6, () => 1 + Math.floor((random.number() * shuffled.length) / 50))) {
        b.start(crashAfter);
        b.start(crashAfter + 3);
        await b.rest(1000);
      }
      const queue = b.start();
      await b.rest(30_000);
      b.start(40);
      await b.rest(120_000);
      const sent = digests(b);
      expect(sent).toHaveLength(keysMany);
      const ofKey = new Map(sent.map(({ events }) => [events[0]?.data["key"], events]));
      expect(ofKey.size).toBe(keysMany);
      for (const [key, events] of ofKey) {
        expect(new Set(events.map(({ data }) => data["key"]))).toEqual(new Set([key]));
        expect(events.map(({ data }) => Number(data["n"])).sort((a, c) => a - c)).toEqual(times(eventsMany, (n) => n));
        expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted());
      }
      expect(b.database.get("select count(*) as n from digest_window")).toEqual({ n: 0 });
      expect(b.faults).toEqual([]);
      await queue.stop();
    },
    30_000 + keysMany * eventsMany * 5,
  );
});

describe("a throttle step", () => {
  test("lets as many past as its limit, sends what stands before it in any case, and says who was held back", async () => {
    const b = await bench();
    const queue = b.start();
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) {
      ids.push(await b.accept("throttled", { n }));
      await b.rest(1000);
    }
    await b.rest(57_000);
    ids.push(await b.accept("throttled", { n: 5 }));
    await b.rest(1000);
    const { environmentId, store } = b.corner;
    const rows = await Promise.all(ids.map((id) => store.getEvent({ environmentId, id, limit: 10 })));
    const steps = rows.map((row) => row?.messages.map(({ step }) => step).sort());
    const [both, one] = [["first", "second"], ["first"]];
    expect(steps).toEqual([both, both, one, one, both]);
    expect(rows[2]).toMatchObject({
      runs: [{ state: "completed" }],
      decisions: [{ step: "few", outcome: "ended", reason: "throttled" }],
    });
    await queue.stop();
  });
});
