import type { CategoryBody } from "@tidings/contract/categories";
import type { TemplateBody } from "@tidings/contract/templates";
import { workflowBodySchema } from "@tidings/contract/workflows";
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
import type { Configuration } from "../../ports/configuration.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { openCorner } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { noEffects, stepLimits, turnLimits } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

/** Categories and workflows of a test. Each workflow is started by events of its name. */
export interface DigestDocuments {
  categories: Record<string, CategoryBody>;
  workflows: Record<string, { category: string; steps: object[] }>;
}

const databases: Database[] = [];
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

/** Documents may be changed meanwhile. */
function configurationOf(environmentId: number, { categories, workflows }: DigestDocuments): Configuration {
  const documents = Object.entries(workflows).map(([key, workflow]) => {
    const document = workflowBodySchema.parse(workflow);
    return { environmentId, key, version: 1, document };
  });
  const template = (key: string) => ({
    environmentId,
    key,
    version: 1,
    document: { email: { subject: "s" } } satisfies TemplateBody,
  });
  const category = (key: string) => {
    const document = categories[key];
    return document && { environmentId, key, version: 1, document };
  };
  return {
    workflowsFor: (_, name) => documents.filter(({ key }) => key === name),
    category: (_, key) => category(key),
    policy: () => undefined,
    segment: () => undefined,
    laneOf: (_, key) => categories[key]?.class ?? "transactional",
    currentTemplate: (_, key) => template(key),
    integrations: () => [],
    workflowVersion: async (_, key) => documents.find((each) => each.key === key),
    templateVersion: async (_, key) => template(key),
  };
}

export interface DigestBenchOptions {
  documents: DigestDocuments;
  digest?: { eventsMax: number; bytesMax: number };
  pollMs?: number;
}

interface DigestWorld {
  database: Database;
  environmentId: number;
  line: SimulatedClock;
  keyring: Keyring;
  random: SeededRandom;
  faults: string[];
  delivered: Map<string, Delivery>;
  options: Required<DigestBenchOptions>;
}

/** A process, which dies after so many steps of its store. */
function startProcess(world: DigestWorld, crashAfter: number): EmbeddedQueue {
  const { database, environmentId, line, keyring, random, faults, delivered, options } = world;
  const clock = line.fork();
  const store = storeOn(database, { after: crashAfter, crash: () => clock.drop() });
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
    handOver: (delivery) => delivered.set(delivery.id, delivery),
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
  messagesPerCommit: 50,
};

/** Orchestrate on a real store under a simulated clock, a minute before a full hour, with processes that may die. */
export async function digestBench({ documents, digest = stepLimits.digest, pollMs = 1000 }: DigestBenchOptions) {
  const database = new Database(":memory:", { cacheMib: 64, checkpointPages: 1000 });
  databases.push(database);
  migrate(database, 0);
  const corner = await openCorner(storeOn(database));
  const { environmentId } = corner;
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id: environmentId, ...keys });
  const line = new SimulatedClock(Math.ceil((corner.at + 60_000) / hourMs) * hourMs - 60_000);
  const faults: string[] = [];
  const delivered = new Map<string, Delivery>();
  const options = { documents, digest, pollMs };
  const world = { database, environmentId, line, keyring, random, faults, delivered, options };
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
  const rest = (ms: number) => line.settleTo(line.now() + ms);
  return { corner, database, clock: line, faults, delivered, start, event, accept, rest };
}

export type DigestBench = Awaited<ReturnType<typeof digestBench>>;

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

/** What each digest that was sent had gathered, under the step of this name. */
export const digestsSent = ({ delivered }: DigestBench, step: string) =>
  [...delivered.values()].map(({ steps }) => resultSchema.parse(steps?.[step]));
