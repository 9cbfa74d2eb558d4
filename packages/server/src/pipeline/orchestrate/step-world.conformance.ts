import type { CategoryBody } from "@tidings/contract/categories";
import type { PolicyBody } from "@tidings/contract/policies";
import type { RecipientBody } from "@tidings/contract/recipients";
import type { TenantBody } from "@tidings/contract/tenants";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { awaitedEvents, patternsOf } from "../../domain/awaited-events.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { stepKinds } from "../../domain/steps/step-kinds.ts";
import { deriveId, IdSource } from "../../lib/ids.ts";
import { Keyring } from "../../lib/keyring.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import type { AwaitedEvents, Configuration } from "../../ports/configuration.ts";
import type { NewEvent } from "../../ports/store/ingest.ts";
import { EmbeddedQueue } from "../../queue/embedded.ts";
import { findDue } from "../../queue/find-due.ts";
import { type Corner, openCorner } from "../../store/conformance/corner.conformance.ts";
import { Database } from "../../store/sqlite/database.ts";
import { migrate } from "../../store/sqlite/migrate.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { noEffects, turnLimits } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

/** What a world's documents say; workflows by key, which is the name of their event too. */
export interface Documents {
  workflows: Record<string, { category?: string; event?: string; data?: object; steps: object[] }>;
  categories?: Record<string, CategoryBody>;
  policy?: PolicyBody;
  tenant?: TenantBody;
}

/** What the world's workflows wait for. */
function awaitedIn({ workflows }: Documents): AwaitedEvents {
  const bodies = Object.values(workflows).map((body) => workflowBodySchema.parse({ category: "c", ...body }));
  const all = bodies.flatMap(({ steps }) => awaitedEvents(steps));
  return { awaitedAs: (_, name) => patternsOf(all.filter(({ event }) => event === name)) };
}

/** Texts for whatever channel a workflow uses. */
const everywhere = { email: { subject: "s", text: "t" }, sms: { text: "t" }, push: { text: "t" } };

function configurationOf(environmentId: number, { workflows, categories = {}, policy }: Documents): Configuration {
  const versioned = <Document>(key: string, document: Document) => ({ environmentId, key, version: 1, document });
  const all = Object.entries(workflows).map(([key, body]) =>
    versioned(key, workflowBodySchema.parse({ category: "c", event: key, ...body })),
  );
  const category = (key: string) => (categories[key] === undefined ? undefined : versioned(key, categories[key]));
  return {
    workflowsFor: (_, name) => all.filter(({ document }) => document.event === name),
    category: (_, key) => category(key),
    policy: () => (policy === undefined ? undefined : versioned("environment", policy)),
    segment: () => undefined,
    laneOf: (_, key) => categories[key]?.class ?? "transactional",
    currentTemplate: (_, key) => versioned(key, everywhere),
    integrations: () => [],
    workflowVersion: async (_, key) => all.find((each) => each.key === key),
    templateVersion: async (_, key) => versioned(key, everywhere),
  };
}

type Accepted = { data?: object; id?: string; body?: RecipientBody } & Partial<NewEvent>;

/** Accepts an event for one recipient, who is upserted where a body is given. Gives its id. */
function acceptor(corner: Corner, keyring: Keyring, now: () => number) {
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(corner.environmentId, context, JSON.stringify(value));
  let accepted = 0;
  return async (name: string, { data = {}, id = "u1", body, ...over }: Accepted): Promise<string> => {
    accepted += 1;
    const made = await corner.accepted({
      id: deriveId(now(), "event", String(accepted)),
      name,
      receivedAt: now(),
      dueAt: now(),
      ...over,
      payload: seal(sealContext.payload, { data, recipients: [id] }),
      inline: body === undefined ? null : seal(sealContext.inline, [{ id, ...body }]),
    });
    return made.id;
  };
}

/** Orchestrate on a real store under a simulated clock, with documents of a test's own. */
export async function stepWorld(documents: Documents, pollMs = 1000) {
  const database = new Database(":memory:", { cacheMib: 16, checkpointPages: 1000 });
  migrate(database, 0);
  const corner = await openCorner(storeOn(database));
  const { environmentId } = corner;
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id: environmentId, ...keys });
  const clock = new SimulatedClock(corner.at);
  const faults: string[] = [];
  const runaways: string[] = [];
  const delivered = new Map<string, Delivery>();
  const tenant = { key: "acme", name: undefined, branding: {}, preferences: documents.tenant?.preferences };
  /** A process, which dies after so many steps of its store. */
  const start = (crashAfter = Number.POSITIVE_INFINITY): EmbeddedQueue => {
    const own = clock.fork();
    const store = storeOn(database, { after: crashAfter, crash: () => own.drop() });
    const queue = new EmbeddedQueue({
      clock: own,
      itemsMax: 5000,
      pollMs,
      findDue: (topic, limit) => findDue(store, topic, { now: own.now(), limit, node: "here" }),
      onFault: (topic, error) => faults.push(`${topic} ${String(error)}`),
    });
    new Orchestrate({
      ...noEffects,
      tenants: { peek: () => tenant, load: async () => tenant },
      store,
      keyring,
      clock: own,
      steps: stepKinds,
      // A schema refuses what says so.
      dataSchemas: {
        dataFaults: (_, data) =>
          Object.hasOwn(Object(data), "refuse") ? [{ path: "refuse", message: "must not be" }] : [],
      },
      configuration: configurationOf(environmentId, documents),
      awaited: awaitedIn(documents),
      queue: {
        publish: (topic, items) => queue.publish(topic, items),
        consume: (topic, handler, options) => queue.consume(topic, handler, options),
        wake: () => {},
        depth: () => 0,
        stop: async () => {},
      },
      ids: new IdSource(
        () => own.now(),
        (length) => random.bytes(length),
      ),
      limits: {
        ...turnLimits,
        effects: { ...turnLimits.effects, pollMs },
        waits: { ...turnLimits.waits, pollMs },
      },
      takeEvent: () => undefined,
      places: undefined,
      handOver: (delivery) => delivered.set(delivery.id, delivery),
      onFault: (where, id, error) => faults.push(`${where} ${id} ${String(error)}`),
      onRunaway: (_, root, reason) => runaways.push(`${root} ${reason}`),
      onCommitted: () => {},
    }).start();
    return queue;
  };
  const accept = acceptor(corner, keyring, () => clock.now());
  const shown = (id: string) => corner.store.getEvent({ environmentId, id, limit: 100 });
  const rest = (ms = 2000) => clock.settleTo(clock.now() + ms);
  return { corner, database, clock, faults, runaways, delivered, keyring, start, accept, shown, rest };
}
