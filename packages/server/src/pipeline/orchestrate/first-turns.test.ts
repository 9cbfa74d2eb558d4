import { randomBytes } from "node:crypto";
import type { WorkflowBody } from "@tidings/contract/workflows";
import { describe, expect, test } from "vitest";
import { recipientWrite } from "../../domain/recipient-write.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { IdSource, timeOfId } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SystemClock } from "../../lib/system-clock.ts";
import type { AwaitedEvents, Configuration, Versioned } from "../../ports/configuration.ts";
import type { TurnWritten } from "../../ports/store/orchestrate.ts";
import { noEffects, turnLimits } from "./effect-limits.conformance.ts";
import { FirstTurns } from "./first-turns.ts";
import { PersonCache } from "./person-cache.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";

const environmentId = 1;
const versioned = <Document>(key: string, document: Document): Versioned<Document> => ({
  environmentId,
  key,
  version: 3,
  document,
});
const mail = { id: "mail", type: "channel", channel: "email", template: "notice" } as const;
const workflows: Versioned<WorkflowBody>[] = [
  versioned("confirm", { event: "order", category: "orders", steps: [mail] }),
  versioned("offer", { event: "both", category: "news", steps: [mail] }),
  versioned("confirm-both", { event: "both", category: "orders", steps: [mail] }),
  versioned("slow", { event: "slow", category: "orders", steps: [{ id: "w", type: "delay", seconds: 60 }, mail] }),
];
const configuration: Configuration = {
  workflowsFor: (_, name) => workflows.filter(({ document }) => document.event === name),
  category: () => undefined,
  policy: () => undefined,
  segment: () => undefined,
  laneOf: (_, category) => (category === "news" ? "marketing" : "transactional"),
  currentTemplate: (_, key) => versioned(key, { email: { subject: "s", text: "t" } }),
  integrations: () => [],
  workflowVersion: async () => undefined,
  templateVersion: async () => undefined,
};

/** Recipients u0 to u9 are remembered, u10 is not. */
function remembered(keyring: Keyring): PersonCache {
  const persons = new PersonCache(100);
  for (let index = 0; index < 10; index += 1) {
    const write = recipientWrite({
      environmentId,
      id: `u${index}`,
      body: { email: `u${index}@example.org` },
      updatedAt: 1,
      createdAt: 1,
      existingWrappedKey: undefined,
      sealer: keyring,
    });
    persons.open({ ...write, version: 7, choices: null }, keyring);
  }
  return persons;
}

/** Somebody waits for events that start nothing. */
const awaited: AwaitedEvents = {
  awaitedAs: (_, name) => (name === "none" ? [{ sameRecipient: true, paths: [], keptMs: 5000 }] : []),
};

function bench() {
  const keyring = new Keyring(randomBytes(32), randomBytes, 100);
  keyring.addEnvironment({
    id: environmentId,
    wrappedDataKey: keyring.newWrappedKey(),
    wrappedAddressKey: keyring.newWrappedKey(),
  });
  const persons = remembered(keyring);
  const clock = new SystemClock();
  const ids = new IdSource(() => clock.now(), randomBytes);
  const queued: string[] = [];
  const committed: number[] = [];
  const on: OrchestrateDependencies = {
    configuration,
    keyring,
    clock,
    ids,
    ...noEffects,
    awaited,
    steps: stepKinds,
    dataSchemas: { dataFaults: () => [] },
    places: undefined,
    handOver: () => {},
    takeEvent: () => undefined,
    onFault: () => {},
    onCommitted: (_lane, events) => committed.push(events),
    queue: {
      publish: (_topic, items) => queued.push(...items.map(({ id }) => id)),
      consume: () => {},
      wake: () => {},
      depth: () => 0,
      stop: async () => {},
    },
    get store(): never {
      throw new Error("nothing is read ahead of the commit");
    },
    limits: turnLimits,
  };
  const work = (recipients: string[], over: Partial<EventWork["record"]> = {}): EventWork => ({
    record: {
      id: ids.next(),
      environmentId,
      kind: "event",
      name: "order",
      tenant: "",
      lane: "transactional",
      receivedAt: clock.now(),
      dueAt: clock.now(),
      expiresAt: null,
      cancellationHash: null,
      generation: 0,
      payload: "",
      inline: null,
      trace: null,
      cursor: 0,
      position: null,
      ...over,
    },
    payload: { data: {}, recipients },
    inline: [],
  });
  const written: TurnWritten[] = [];
  const nothing = () => {};
  const onWritten = (_: unknown, one: TurnWritten) => void written.push(one);
  const turns = new FirstTurns(on, persons, { onPlanned: nothing, onEffect: nothing, onWritten });
  return { turns, work, queued, committed, written, clock };
}

describe("a turn that is planned before its event is stored", () => {
  test("has all that the event makes, and names whom it read, and as of which version", () => {
    const { turns, work } = bench();
    const event = work(["u1", "u2"]);
    const [turn] = turns.plan("transactional", [event])?.turns ?? [];
    expect(turn).toMatchObject({
      reads: [
        { id: "u1", version: 7 },
        { id: "u2", version: 7 },
      ],
      messages: [
        {
          eventId: event.record.id,
          recipient: "u1",
          state: "queued",
          origin: { workflow: "confirm", lane: "transactional" },
        },
        { recipient: "u2" },
      ],
    });
    expect(turn?.messages[0]?.origin).toBe(turn?.messages[1]?.origin);
  });

  test("may have a run that waits, or nothing but the record that no workflow awaits it", () => {
    const { turns, work } = bench();
    const plan = turns.plan("transactional", [work(["u1"], { name: "slow" }), work(["u1"], { name: "none" })]);
    expect(plan?.turns).toMatchObject([
      { runs: [{ workflow: "slow", step: 1 }], messages: [] },
      { runs: [], messages: [], decisions: [{ reason: "no_workflow" }] },
    ]);
  });

  test("says under which keys its event arrives, where runs wait for such, and tells of those that it has woken", () => {
    const { turns, work, written } = bench();
    const event = work(["u1", "u2"], { name: "none" });
    const plan = turns.plan("transactional", [work(["u1"]), event]);
    expect(plan?.turns[0]).not.toHaveProperty("arrivals");
    const { arrivals = [] } = plan?.turns[1] ?? {};
    const at = timeOfId(event.record.id);
    for (const arrival of arrivals)
      expect(arrival).toMatchObject({ eventId: event.record.id, at, expiresAt: at + 5000, wakesMax: 3 });
    expect(new Set(arrivals.map(({ keyHash }) => keyHash)).size).toBe(2);
    const woken = { dropped: [], held: [], woken: [{ id: "run", lane: "marketing" as const }] };
    plan?.committed([undefined, woken]);
    expect(written).toEqual([woken]);
  });

  test.each<[string, (b: ReturnType<typeof bench>) => EventWork]>([
    ["somebody is not in memory", ({ work }) => work(["u1", "u10"])],
    ["there are more recipients than are planned ahead", ({ work }) => work(["u1", "u2", "u3", "u4"])],
    ["it is not due yet", ({ work, clock }) => work(["u1"], { dueAt: clock.now() + 60_000 })],
    ["another lane has a part of it", ({ work }) => work(["u1"], { name: "both" })],
    [
      "a recipient comes with it",
      ({ work }) => ({ ...work(["u1"]), inline: [{ id: "u1", email: "new@example.org" }] }),
    ],
    ["it cannot be planned", ({ work }) => ({ ...work(["u1"]), record: { ...work(["u1"]).record, kind: "message" } })],
  ])("is left to orchestrate where %s, and does not hinder the others", (_name, odd) => {
    const b = bench();
    expect(b.turns.plan("transactional", [odd(b)])).toBeUndefined();
    const plan = b.turns.plan("transactional", [odd(b), b.work(["u1"])]);
    expect(plan?.turns.map((turn) => turn?.messages.length)).toEqual([undefined, 1]);
  });

  test("hands its messages over only where it was written", () => {
    const { turns, work, queued, committed } = bench();
    const plan = turns.plan("transactional", [work(["u1"]), work(["u10"]), work(["u2"])]);
    expect(queued).toEqual([]);
    plan?.committed([undefined, undefined, { dropped: [], held: [] }]);
    expect(queued).toEqual([plan?.turns[2]?.messages[0]?.id]);
    expect(committed).toEqual([1]);
  });
});
