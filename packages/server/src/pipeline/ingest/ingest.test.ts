import { randomBytes } from "node:crypto";
import type { EventBody } from "@tidings/contract/events";
import { beforeEach, expect, test } from "vitest";
import { AjvSchemas } from "../../data-schemas/ajv-schemas.ts";
import { TidingsError } from "../../errors.ts";
import { IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { QueueItem, Topic } from "../../ports/queue.ts";
import type { AcceptResult, NewEvent } from "../../ports/store/ingest.ts";
import { Ingest, type IngestOptions } from "./ingest.ts";

/** The categories "security" and "news" with a workflow each; both await "both". */
const configuration: Configuration = {
  workflowsFor: (environmentId, name) =>
    ["security", "news"]
      .filter((category) => name === category || name === "both")
      .map((key) => ({ environmentId, key, version: 1, document: { category: key, steps: [] } })),
  category: (environmentId, key) =>
    key === "security" || key === "news"
      ? { environmentId, key, version: 1, document: { class: key === "news" ? "marketing" : "critical" } }
      : undefined,
  policy: () => undefined,
  segment: () => undefined,
  laneOf: (_, category) => (category === "security" ? "critical" : "marketing"),
  currentTemplate: (environmentId, key) =>
    key === "code" ? { environmentId, key, version: 1, document: { sms: { text: "{{data.code}}" } } } : undefined,
  integrations: () => [],
  workflowVersion: async () => undefined,
  templateVersion: async () => undefined,
};

/** Keeps what it is given; each call is answered when `release` allows it. */
class MemoryStore {
  calls: NewEvent[][] = [];
  keys = new Map<string, { bodyHash: string; id: string }>();
  gate: Promise<void> = Promise.resolve();

  async acceptEvents({ events }: { events: readonly NewEvent[] }): Promise<AcceptResult[]> {
    this.calls.push([...events]);
    await this.gate;
    return events.map((event) => {
      const claim = event.idempotency;
      const known = claim === null ? undefined : this.keys.get(claim.keyHash);
      if (claim === null) return { status: "accepted", id: event.id, turn: null };
      if (known === undefined) this.keys.set(claim.keyHash, { bodyHash: claim.bodyHash, id: event.id });
      else return known.bodyHash === claim.bodyHash ? { status: "duplicate", id: known.id } : { status: "mismatch" };
      return { status: "accepted", id: event.id, turn: null };
    });
  }

  async cancelEvents() {
    return { events: 0, runs: 0, messages: 0 };
  }
}

let store: MemoryStore;
let published: [Topic, string[]][];
let handed: string[];
let keyring: Keyring;

function ingestWith(changes: Partial<IngestOptions> = {}): Ingest {
  const clock = new SystemClock();
  return new Ingest({
    store,
    configuration,
    dataSchemas: new AjvSchemas(),
    keyring,
    clock,
    planAhead: () => undefined,
    ids: new IdSource(() => clock.now(), randomBytes),
    queue: {
      publish: (topic, items: readonly QueueItem[]) => published.push([topic, items.map((item) => item.id)]),
      consume: () => {},
      wake: () => {},
      depth: () => 0,
      stop: async () => {},
    },
    limits: {
      acceptingEventsMax: 2000,
      acceptingBytesMax: 1_000_000,
      retryAfterSeconds: 3,
      idempotencyTtlMs: 86_400_000,
      idempotencyWaitMs: 5000,
      pacedEvents: 1000,
      paceMaxMs: 10,
      replayedPerSecond: 50,
      replayedPerSecondMax: 100,
    },
    onAccepted: (event) => handed.push(event.id),
    onDurable: () => {},
    onStoreError: () => {},
    ...changes,
  });
}

beforeEach(() => {
  store = new MemoryStore();
  published = [];
  handed = [];
  keyring = new Keyring(randomBytes(32), randomBytes, 10);
  keyring.addEnvironment({
    id: 1,
    wrappedDataKey: keyring.newWrappedKey(),
    wrappedAddressKey: keyring.newWrappedKey(),
  });
});

const body = { name: "security", recipients: ["u1"] };

function gate(): () => void {
  let open = (): void => {};
  store.gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

test("an event is sealed, takes the most urgent lane, and its id is published after the commit", async () => {
  const ingest = ingestWith();
  const open = gate();
  const accepted = ingest.accept(1, {
    name: "both",
    recipients: ["u1", { id: "u2", email: "ada@example.org" }, "u1"],
    data: { secret: "rosebud" },
    cancellationKey: "order-1",
  });
  await Promise.resolve();
  expect(published).toEqual([]);
  open();
  const { id } = await accepted;
  expect(published).toEqual([["events.critical", [id]]]);
  expect(handed).toEqual([id]);
  const event = store.calls[0]?.[0];
  expect(event).toMatchObject({ id, lane: "critical", kind: "event", tenant: "", expiresAt: null });
  expect(JSON.stringify(event)).not.toMatch(/ada@|rosebud|order-1/);
  const payload = JSON.parse(keyring.unsealForEnvironment(1, "event.payload", event?.payload ?? ""));
  expect(payload).toEqual({ data: { secret: "rosebud" }, recipients: ["u1", "u2"], cancellationKey: "order-1" });
  const inline = JSON.parse(keyring.unsealForEnvironment(1, "event.inline", event?.inline ?? ""));
  expect(inline).toEqual([{ id: "u2", email: "ada@example.org" }]);
});

test("an event that no workflow awaits goes by the transactional lane", async () => {
  await ingestWith().accept(1, { name: "unheard", recipients: ["u"] });
  expect(store.calls[0]?.[0]?.lane).toBe("transactional");
});

test("a scheduled event is durable now and published by nobody before its time", async () => {
  const scheduledAt = new Date(Date.now() + 60_000).toISOString();
  await ingestWith().accept(1, { ...body, scheduledAt });
  expect(store.calls[0]?.[0]?.dueAt).toBe(Date.parse(scheduledAt));
  expect(published).toEqual([]);
});

test("times that cannot be are faults with their paths", async () => {
  const past = "2001-01-01T00:00:00Z";
  const soon = new Date(Date.now() + 60_000).toISOString();
  const later = new Date(Date.now() + 120_000).toISOString();
  const paths = async (times: object) => {
    const error: unknown = await ingestWith()
      .accept(1, { ...body, ...times })
      .catch((caught) => caught);
    return error instanceof TidingsError ? error.faults.map((fault) => fault.path) : [];
  };
  expect(await paths({ expiresAt: past })).toEqual(["expiresAt"]);
  expect(await paths({ scheduledAt: later, expiresAt: soon })).toEqual(["scheduledAt"]);
  expect(store.calls).toEqual([]);
});

test("single calls at one time share a store call", async () => {
  const ingest = ingestWith();
  await Promise.all(Array.from({ length: 600 }, () => ingest.accept(1, body)));
  expect(store.calls.map((call) => call.length)).toEqual([250, 250, 100]);
});

test("a concurrent duplicate awaits the first and gets its id; another body is refused", async () => {
  const ingest = ingestWith();
  const open = gate();
  const first = ingest.accept(1, body, "key");
  const second = ingest.accept(1, { recipients: ["u1"], name: "security" }, "key");
  const other = ingest.accept(1, { ...body, name: "news" }, "key");
  const refused = expect(other).rejects.toMatchObject({ code: "idempotency_mismatch" });
  open();
  expect(await second).toEqual(await first);
  await refused;
  expect(store.calls.flat()).toHaveLength(1);
  expect(await ingest.accept(1, body, "key")).toEqual(await first);
});

test("where the first fails its duplicate is tried in its own right", async () => {
  let calls = 0;
  const failing = {
    acceptEvents: (input: { events: readonly NewEvent[] }) => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error("disk")) : store.acceptEvents(input);
    },
    cancelEvents: () => store.cancelEvents(),
  };
  const ingest = ingestWith({ store: failing });
  const [first, second, third] = await Promise.allSettled([
    ingest.accept(1, body, "key"),
    ingest.accept(1, body, "key"),
    ingest.accept(1, body, "key"),
  ]);
  expect(first).toMatchObject({ status: "rejected", reason: { code: "overloaded", retryAfterSeconds: 3 } });
  expect(second.status).toBe("fulfilled");
  expect(third).toEqual(second);
  expect(calls).toBe(2);
});

test("a duplicate does not wait longer than its limit", async () => {
  const ingest = ingestWith({
    limits: {
      acceptingEventsMax: 10,
      acceptingBytesMax: 1e6,
      retryAfterSeconds: 1,
      idempotencyTtlMs: 1e6,
      idempotencyWaitMs: 5,
      pacedEvents: 1000,
      paceMaxMs: 10,
      replayedPerSecond: 50,
      replayedPerSecondMax: 100,
    },
  });
  const open = gate();
  const first = ingest.accept(1, body, "key");
  await expect(ingest.accept(1, body, "key")).rejects.toMatchObject({ code: "idempotency_in_progress" });
  open();
  expect((await first).id).toMatch(/^[0-9a-f-]{36}$/);
});

test("beyond the limit of events under way the next is told to come again, and room comes back", async () => {
  const limits = {
    acceptingEventsMax: 2,
    acceptingBytesMax: 1e6,
    retryAfterSeconds: 7,
    idempotencyTtlMs: 1e6,
    idempotencyWaitMs: 5,
    pacedEvents: 1000,
    paceMaxMs: 10,
    replayedPerSecond: 50,
    replayedPerSecondMax: 100,
  };
  const ingest = ingestWith({ limits });
  const open = gate();
  const both = [ingest.accept(1, body), ingest.accept(1, body)];
  await expect(ingest.accept(1, body)).rejects.toMatchObject({ code: "overloaded", retryAfterSeconds: 7 });
  open();
  await Promise.all(both);
  expect(ingest.accepting).toBe(0);
  await ingest.accept(1, body);
});

const noChange = () => expect.fail("none of them is a change");

test("a batch answers in order: accepted, faulty with its path, repeated, changed", async () => {
  const ingest = ingestWith();
  const keyed = { ...body, idempotencyKey: "k" };
  const outcomes = await ingest.acceptBatch(
    1,
    [
      body,
      { name: "x", recipients: [{ id: "u", email: "no" }] },
      keyed,
      keyed,
      { ...keyed, name: "news" },
      { ...body, expiresAt: "2001-01-01T00:00:00Z" },
      { name: "news", recipients: ["u"] },
      7,
    ],
    noChange,
  );
  expect(outcomes).toMatchObject([
    { id: expect.any(String) },
    { error: { code: "validation_failed", faults: [{ path: "events[1].recipients[0].email" }] } },
    { id: expect.any(String) },
    { id: expect.any(String) },
    { error: { code: "idempotency_mismatch" } },
    { error: { faults: [{ path: "events[5].expiresAt" }] } },
    { id: expect.any(String) },
    { error: { faults: [{ path: "events[7]" }] } },
  ]);
  expect(outcomes[3]).toEqual(outcomes[2]);
  expect(store.calls.map((call) => call.map((event) => event.lane))).toEqual([["critical", "critical"], ["marketing"]]);
  expect(ingest.accepting).toBe(0);
});

test("a batch of which the store took a part answers for each event; of which it took none fails whole", async () => {
  const events = [body, { name: "news", recipients: ["u"] }];
  const failing = (lane: string) => ({
    acceptEvents: (input: { events: readonly NewEvent[] }) =>
      lane === "all" || input.events[0]?.lane === lane ? Promise.reject(new Error("disk")) : store.acceptEvents(input),
    cancelEvents: () => store.cancelEvents(),
  });
  const errors: unknown[] = [];
  const part = ingestWith({ store: failing("marketing"), onStoreError: (error) => errors.push(error) });
  expect(await part.acceptBatch(1, events, noChange)).toMatchObject([
    { id: expect.any(String) },
    { error: { code: "overloaded" } },
  ]);
  expect(errors).toHaveLength(1);
  await expect(ingestWith({ store: failing("all") }).acceptBatch(1, events, noChange)).rejects.toMatchObject({
    code: "overloaded",
  });
});

test("changes of a batch are made one by one, each before what stands behind it", async () => {
  const made: string[] = [];
  const writerOf = (given: EventBody) => async (event: NewEvent) => {
    made.push(`${given.recipients[0]} after ${store.calls.length}`);
    return { status: "accepted" as const, id: event.id, turn: null };
  };
  const change = (recipient: unknown) => ({ name: "preference.updated", recipients: [recipient], data: {} });
  const other = { name: "security", recipients: ["u"] };
  const ingest = ingestWith();
  const outcomes = await ingest.acceptBatch(1, [other, other, change("a"), change("b"), other, change(7)], writerOf);
  expect(made).toEqual(["a after 1", "b after 1"]);
  expect(store.calls.map((call) => call.length)).toEqual([2, 1]);
  expect(outcomes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => ({ id: expect.any(String) })));
  expect(outcomes[5]).toMatchObject({ error: { faults: [{ path: "events[5].recipients[0]" }] } });
  expect(ingest.accepting).toBe(0);
});

test("behind a change that the store did not take nothing of the batch is tried; with nothing before it all fails", async () => {
  const tried: unknown[] = [];
  const writerOf = (given: EventBody) => (event: NewEvent) => {
    tried.push(given.recipients[0]);
    const taken = { status: "accepted" as const, id: event.id, turn: null };
    return given.recipients[0] === "b" ? Promise.reject(new Error("disk")) : Promise.resolve(taken);
  };
  const change = (recipient: string) => ({ name: "preference.updated", recipients: [recipient], data: {} });
  const errors: unknown[] = [];
  const ingest = ingestWith({ onStoreError: (error) => errors.push(error) });
  const overloaded = { error: { code: "overloaded" } };
  const events = [change("a"), change("b"), change("c"), { name: "news", recipients: ["u"] }];
  const id = expect.any(String);
  expect(await ingest.acceptBatch(1, events, writerOf)).toMatchObject([{ id }, overloaded, overloaded, overloaded]);
  expect([tried, store.calls, errors]).toEqual([["a", "b"], [], [new Error("disk")]]);
  await expect(ingest.acceptBatch(1, events.slice(1), writerOf)).rejects.toMatchObject({ code: "overloaded" });
  expect(ingest.accepting).toBe(0);
});

test("a direct message carries its content and its category's lane", async () => {
  const { id } = await ingestWith().acceptMessage(1, {
    channel: "email",
    to: { id: "u1", email: "a@x.org" },
    category: "security",
    content: { subject: "s", text: "t" },
  });
  const event = store.calls[0]?.[0];
  expect(event).toMatchObject({ id, kind: "message", name: "tidings.message", lane: "critical" });
  expect(JSON.parse(keyring.unsealForEnvironment(1, "event.payload", event?.payload ?? ""))).toEqual({
    data: {},
    recipients: ["u1"],
    message: { channel: "email", category: "security", content: { subject: "s", text: "t" } },
  });
});

test("a direct message names only what is there", async () => {
  const ingest = ingestWith();
  const send = (change: object) =>
    ingest.acceptMessage(1, { channel: "sms", to: "u", category: "security", ...change });
  await expect(send({ category: "none", template: "code" })).rejects.toMatchObject({ faults: [{ path: "category" }] });
  await expect(send({ template: "none" })).rejects.toMatchObject({ faults: [{ path: "template" }] });
  await expect(send({ template: "code", channel: "email" })).rejects.toMatchObject({ faults: [{ path: "template" }] });
  expect((await send({ template: "code" })).id).toMatch(/^[0-9a-f-]{36}$/);
});
