import { workflowBodySchema } from "@tidings/contract/workflows";
import { afterEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../domain/delivery.ts";
import { type EventPayload, sealContext } from "../../domain/event-payload.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { Configuration, Versioned } from "../../ports/configuration.ts";
import type { Topic } from "../../ports/queue.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { EventRow } from "../../ports/store/log.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { openCorner, times } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { effectLimits, noEffects } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

const steps = [{ id: "mail", type: "channel" as const, channel: "email" as const, template: "t" }];
const workflow = (environmentId: number, key: string, body: object) => ({
  environmentId,
  key,
  version: 1,
  document: workflowBodySchema.parse({ category: "orders", steps, ...body }),
});

/** Workflows of the event `order`: one per category, and one that waits. Categories are named after their lanes. */
function configurationOf(environmentId: number): Configuration {
  const workflows = [
    workflow(environmentId, "confirm", { category: "transactional" }),
    workflow(environmentId, "offer", { category: "marketing" }),
  ];
  const slow = [
    workflow(environmentId, "slow", {
      category: "transactional",
      dedupe: { key: "data.order", windowSeconds: 60 },
      steps: [{ id: "wait", type: "delay", seconds: 10 }, ...steps],
    }),
  ];
  const template: Versioned<{ email: { subject: string; text: string } }> = {
    environmentId,
    key: "t",
    version: 1,
    document: { email: { subject: "s", text: "t" } },
  };
  return {
    workflowsFor: (_, name) => (name === "order" ? workflows : name === "slow" ? slow : []),
    category: () => undefined,
    laneOf: (_, category) => (category === "marketing" || category === "critical" ? category : "transactional"),
    currentTemplate: (_, key) => (key === "t" ? template : undefined),
    integrations: () => [],
    workflowVersion: async (_, key) => [...workflows, ...slow].find((each) => each.key === key),
    templateVersion: async () => template,
  };
}

const databases: Database[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

const limits = {
  effects: effectLimits,
  firstTurnRecipientsMax: 10,
  openedRecipientsMax: 10,
  pacedMessages: 1000,
  paceMaxMs: 10,
  batchMax: 100,
  concurrency: 4,
  recipientsPerTurn: 20,
  messagesPerCommit: 50,
};

/** Steps of the store after which a process dies; what of it is under way then never ends. */
interface Life {
  crashAfter?: number;
  only?: Topic;
}

async function bench() {
  const database = new Database(":memory:", { cacheMib: 4, checkpointPages: 1000 });
  databases.push(database);
  migrate(database, 0);
  const corner = await openCorner(storeOn(database));
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  keyring.addEnvironment({
    id: corner.environmentId,
    wrappedDataKey: keyring.newWrappedKey(),
    wrappedAddressKey: keyring.newWrappedKey(),
  });
  const line = new SimulatedClock(corner.at);
  const faults: string[] = [];
  const delivered: Delivery[] = [];
  /** A process that orchestrates: another one on the same database is what comes after a crash. */
  const start = ({ crashAfter = Number.POSITIVE_INFINITY, only }: Life = {}): EmbeddedQueue => {
    const clock = line.fork();
    const store = storeOn(database, { after: crashAfter, crash: () => clock.drop() });
    const queue = new EmbeddedQueue({
      clock,
      itemsMax: 1000,
      pollMs: 200,
      findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: "here" }),
      onFault: (topic, error) => faults.push(`${topic} ${String(error)}`),
    });
    const consume: EmbeddedQueue["consume"] = (topic, handler, options) => {
      if (only === undefined || topic === only) queue.consume(topic, handler, options);
    };
    new Orchestrate({
      store,
      keyring,
      clock,
      ...noEffects,
      steps: stepKinds,
      configuration: configurationOf(corner.environmentId),
      queue: {
        publish: (topic, items) => queue.publish(topic, items),
        consume,
        wake: () => {},
        depth: () => 0,
        stop: async () => {},
      },
      ids: new IdSource(
        () => clock.now(),
        (length) => random.bytes(length),
      ),
      limits,
      takeEvent: () => undefined,
      places: undefined,
      handOver: (delivery) => delivered.push(delivery),
      onFault: (where, id) => faults.push(`${where} ${id}`),
      onCommitted: () => {},
    }).start();
    return queue;
  };
  return {
    database,
    corner,
    keyring,
    clock: line,
    faults,
    delivered,
    start,
    rest: (ms = 1000) => line.settleTo(line.now() + ms),
  };
}

type Bench = Awaited<ReturnType<typeof bench>>;

interface Given extends Partial<Pick<NewEvent, "name" | "lane" | "expiresAt">> {
  recipients?: string[];
  inline?: { id: string; email?: string }[];
  data?: EventPayload["data"];
}

async function accept({ corner, keyring, clock }: Bench, given: Given): Promise<NewEvent> {
  const { recipients = [], inline, data = {}, ...over } = given;
  const payload: EventPayload = { data, recipients: [...recipients, ...(inline ?? []).map(({ id }) => id)] };
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(corner.environmentId, context, JSON.stringify(value));
  return corner.accepted({
    name: "order",
    receivedAt: clock.now(),
    dueAt: clock.now(),
    ...over,
    payload: seal(sealContext.payload, payload),
    inline: inline === undefined ? null : seal(sealContext.inline, inline),
  });
}

async function shown({ corner }: Bench, event: NewEvent): Promise<EventRow> {
  const row = await corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 1000 });
  if (row === undefined) throw new RangeError("there is no such event");
  return row;
}

const people = (count: number) => times(count, (index) => ({ id: `u${index}`, email: `u${index}@example.org` }));
const counts = (rows: readonly { workflow: string }[]) =>
  Object.fromEntries(
    ["confirm", "offer"].map((key) => [key, rows.filter(({ workflow: name }) => name === key).length]),
  );

describe("orchestrate", () => {
  test("an event reaches every inline recipient in every lane, however its lanes' turns are interleaved", async () => {
    const b = await bench();
    const queue = b.start();
    const event = await accept(b, { inline: people(95) });
    await b.rest();
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 95, offer: 95 });
    expect(row).toMatchObject({ state: "done", inline: null, decisions: [] });
    expect(new Set(b.delivered.map(({ id }) => id))).toEqual(new Set(row.messages.map(({ id }) => id)));
    expect(new Set(row.messages.map(({ workflow: name, lane }) => `${name} ${lane}`))).toEqual(
      new Set(["confirm transactional", "offer marketing"]),
    );
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("a process that dies between any two steps of its store loses and doubles nothing, whichever lane goes on first", async () => {
    for (const crashAfter of times(30, (index) => index + 1)) {
      const b = await bench();
      const event = await accept(b, { inline: people(45) });
      b.start({ crashAfter });
      await b.rest(10);
      const marketing = b.start({ only: "events.marketing" });
      await b.rest();
      await marketing.stop();
      const queue = b.start();
      await b.rest();
      const row = await shown(b, event);
      expect([crashAfter, counts(row.messages), row.decisions]).toEqual([crashAfter, { confirm: 45, offer: 45 }, []]);
      expect(new Set(row.messages.map(({ recipient, workflow: name }) => `${recipient} ${name}`)).size).toBe(90);
      await queue.stop();
    }
  });

  test("two processes that take the same event at once make each message once", async () => {
    const b = await bench();
    const event = await accept(b, { inline: people(30) });
    const queues = [b.start(), b.start()];
    await b.rest();
    const row = await shown(b, event);
    expect(counts(row.messages)).toEqual({ confirm: 30, offer: 30 });
    for (const queue of queues) await queue.stop();
  });

  test("an event that cannot be read ends in the dead-letter queue, and those beside it go on", async () => {
    const b = await bench();
    const poison = await b.corner.accepted({ name: "order", receivedAt: b.clock.now(), dueAt: b.clock.now() });
    const good = await accept(b, { inline: people(3) });
    const queue = b.start();
    await b.rest();
    expect(await shown(b, poison)).toMatchObject({ state: "dead", messages: [] });
    expect(counts((await shown(b, good)).messages)).toEqual({ confirm: 3, offer: 3 });
    expect(await b.corner.store.getDeadLetter({ environmentId: b.corner.environmentId, id: poison.id })).toMatchObject({
      kind: "event",
      reason: "orchestration_failed",
    });
    expect(b.faults).toEqual([`orchestrate ${poison.id}`]);
    await queue.stop();
  });

  test("what starts nothing is recorded: no workflow, nobody known, no address, too late", async () => {
    const b = await bench();
    const queue = b.start();
    const events = {
      no_workflow: await accept(b, { name: "nothing", inline: people(1) }),
      recipient_unknown: await accept(b, { recipients: ["nobody"] }),
      no_address: await accept(b, { inline: [{ id: "v" }] }),
      expired: await accept(b, { inline: people(1), expiresAt: b.clock.now() }),
    };
    await b.rest();
    for (const [reason, event] of Object.entries(events)) {
      const row = await shown(b, event);
      expect(row).toMatchObject({ state: "done", messages: [] });
      expect(new Set(row.decisions.map((decision) => decision.reason))).toEqual(new Set([reason]));
    }
    await queue.stop();
  });

  test("a run that waits goes on when its time has come, not before, and once per dedupe window", async () => {
    const b = await bench();
    const queue = b.start();
    const first = await accept(b, { name: "slow", inline: people(1), data: { order: { id: 1 } } });
    await b.rest(9_000);
    const again = await accept(b, { name: "slow", recipients: ["u0"], data: { order: { id: 1 } } });
    const other = await accept(b, { name: "slow", recipients: ["u0"], data: { order: { id: 2 } } });
    await b.rest(999);
    expect(await shown(b, first)).toMatchObject({ messages: [], runs: [{ state: "waiting" }] });
    await b.rest(1000);
    expect(await shown(b, first)).toMatchObject({ messages: [{ workflow: "slow" }], runs: [{ state: "completed" }] });
    await b.rest(20_000);
    expect(await shown(b, again)).toMatchObject({ messages: [], runs: [], decisions: [{ reason: "deduplicated" }] });
    expect((await shown(b, other)).messages).toHaveLength(1);
    await queue.stop();
  });

  test("inline recipients of ten events at once become one recipient", async () => {
    const b = await bench();
    const events = [];
    for (const _ of times(10, (index) => index))
      events.push(await accept(b, { inline: [{ id: "u0", email: "same@example.org" }] }));
    const queue = b.start();
    await b.rest();
    for (const event of events) expect(counts((await shown(b, event)).messages)).toEqual({ confirm: 1, offer: 1 });
    expect(b.database.get("select count(*) as n from recipient")).toEqual({ n: 1 });
    expect(b.faults).toEqual([]);
    await queue.stop();
  });
});
