import { afterEach } from "vitest";
import { z } from "zod";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { hourMs } from "../../domain/time-zone.ts";
import { deriveId, IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import type { Store } from "../../ports/store/store.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { openCorner } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { configurationOf, type DigestDocuments } from "./digest-documents.conformance.ts";
import { type Life, storeOn } from "./dying-store.conformance.ts";
import { noEffects, stepLimits, turnLimits } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

const databases: Database[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

export interface DigestBenchOptions {
  documents: DigestDocuments;
  digest?: { eventsMax: number; bytesMax: number };
  pollMs?: number;
  /** Told of what goes out; where left out, `delivered` keeps it. */
  onDelivery?: (delivery: Delivery) => void;
}

/** What processes of a test work on. */
export interface DigestEngine {
  /** The store as one process has it, which dies after so many steps, or lives on. */
  open(life?: Life): Store;
  /** Resolves when nothing that was set off is under way. */
  settle?: () => Promise<void>;
}

interface DigestWorld {
  engine: DigestEngine;
  environmentId: number;
  line: SimulatedClock;
  keyring: Keyring;
  random: SeededRandom;
  faults: string[];
  onDelivery: (delivery: Delivery) => void;
  options: Required<Omit<DigestBenchOptions, "onDelivery">>;
}

/** A process, which dies after so many steps of its store. */
function startProcess(world: DigestWorld, crashAfter: number): EmbeddedQueue {
  const { engine, environmentId, line, keyring, random, faults, onDelivery, options } = world;
  const clock = line.fork();
  const store = engine.open({ after: crashAfter, crash: () => clock.drop() });
  const queue = new EmbeddedQueue({
    clock,
    itemsMax: 5000,
    pollMs: options.pollMs,
    findDue: (topic, limit) => findDue(store, topic, { now: clock.now(), limit, node: "here" }),
    onFault: (topic, error) => faults.push(`${topic} ${String(error)}`),
  });
  new Orchestrate({
    ...noEffects,
    store,
    keyring,
    clock,
    steps: stepKinds,
    dataSchemas: { dataFaults: () => [] },
    configuration: configurationOf(environmentId, options.documents),
    queue: {
      publish: (topic, items) => queue.publish(topic, items),
      consume: (topic, handler, consuming) => queue.consume(topic, handler, consuming),
      wake: () => {},
      depth: () => 0,
      stop: async () => {},
    },
    ids: new IdSource(
      () => clock.now(),
      (length) => random.bytes(length),
    ),
    limits: { ...limits, digest: options.digest },
    takeEvent: () => undefined,
    places: undefined,
    handOver: onDelivery,
    onFault: (where, id, error) => faults.push(`${where} ${id} ${String(error)}`),
    onCommitted: () => {},
  }).start();
  return queue;
}

const limits = {
  ...turnLimits,
  effects: { ...turnLimits.effects, pollMs: 60_000 },
  pacedMessages: 1000,
  batchMax: 100,
  concurrency: 4,
  recipientsPerTurn: 20,
  recipientsPerStride: 20,
  recipientsPerShortStride: 20,
  strideQuietMs: 1000,
  messagesPerCommit: 50,
};

/** The same on a database in memory, which can be looked into. */
export async function digestBench(options: DigestBenchOptions) {
  const database = new Database(":memory:", { cacheMib: 64, checkpointPages: 1000 });
  databases.push(database);
  migrate(database, 0);
  return { ...(await digestBenchOn({ open: (life) => storeOn(database, life) }, options)), database };
}

export type DigestBench = Awaited<ReturnType<typeof digestBench>>;

/** Orchestrate on a real store under a simulated clock, a minute before a full hour, with processes that may die. */
export async function digestBenchOn(
  engine: DigestEngine,
  { documents, digest = stepLimits.digest, pollMs = 1000, ...told }: DigestBenchOptions,
) {
  const corner = await openCorner(engine.open());
  const { environmentId } = corner;
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id: environmentId, ...keys });
  const line = new SimulatedClock(Math.ceil((corner.at + 60_000) / hourMs) * hourMs - 60_000);
  const faults: string[] = [];
  const delivered = new Map<string, Delivery>();
  const { onDelivery = (delivery: Delivery) => delivered.set(delivery.id, delivery) } = told;
  const options = { documents, digest, pollMs };
  const world = { engine, environmentId, line, keyring, random, faults, onDelivery, options };
  const start = (crashAfter = Number.POSITIVE_INFINITY) => startProcess(world, crashAfter);
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(environmentId, context, JSON.stringify(value));
  /** An event for these people, told of inline unless `inline` is null. */
  const event = (name: string, data: object, over: Partial<NewEvent> = {}, people = ["u1"]): NewEvent => ({
    ...corner.event({ name, receivedAt: line.now(), dueAt: line.now(), ...over }),
    // Ids of events that came at one time are in no order.
    id: deriveId(line.now(), "event", JSON.stringify([name, data, people.length])),
    payload: seal(sealContext.payload, { data, recipients: people }),
    inline:
      over.inline === null
        ? null
        : seal(
            sealContext.inline,
            people.map((id) => ({ id, email: `${id}@example.org` })),
          ),
  });
  const accept = async (
    name: string,
    data: object,
    over: Partial<NewEvent> = {},
    people?: string[],
  ): Promise<string> => {
    const made = event(name, data, over, people);
    await corner.store.acceptEvents({ events: [made] });
    return made.id;
  };
  const rest = (ms: number) => line.settleTo(line.now() + ms, engine.settle);
  return { corner, keyring, clock: line, faults, delivered, start, event, accept, rest };
}

const resultSchema = z.object({
  count: z.number(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  events: z.array(
    z.object({
      id: z.string(),
      at: z.iso.datetime(),
      data: z.record(z.string(), z.json()),
      workflow: z.string().optional(),
    }),
  ),
});

/** What a digest that goes out has gathered, under the step of this name. */
export const digestOf = ({ steps }: Pick<Delivery, "steps">, step: string) => resultSchema.parse(steps?.[step]);

export const digestsSent = ({ delivered }: DigestBench, step: string) =>
  [...delivered.values()].map((delivery) => digestOf(delivery, step));
