import type { PolicyBody } from "@tidings/contract/policies";
import type { InlineRecipient } from "@tidings/contract/recipients";
import type { SegmentCondition } from "@tidings/contract/segments";
import { workflowBodySchema } from "@tidings/contract/workflows";
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
import { noEffects, stepLimits } from "./effect-limits.conformance.ts";
import { Orchestrate } from "./orchestrate.ts";

const steps = [{ id: "mail", type: "channel" as const, channel: "email" as const, template: "t" }];
const workflow = (environmentId: number, key: string, body: object) => ({
  environmentId,
  key,
  version: 1,
  document: workflowBodySchema.parse({ category: "orders", steps, ...body }),
});

type Segments = Record<string, SegmentCondition>;
/** Of the environment; may be changed meanwhile. */
type Policy = Pick<PolicyBody, "timeZone">;

/** Workflows of the event `order`: one per category, and one that waits. Categories are named after their lanes. */
function configurationOf(environmentId: number, segments: Segments, policy: Policy): Configuration {
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
  const capped = [
    workflow(environmentId, "capped", { category: "capped" }),
    workflow(environmentId, "capped-too", { category: "capped" }),
  ];
  const caps = [{ limit: 3, windowSeconds: 3600, over: "drop" as const }];
  const template: Versioned<{ email: { subject: string; text: string } }> = {
    environmentId,
    key: "t",
    version: 1,
    document: { email: { subject: "s", text: "t" } },
  };
  return {
    workflowsFor: (_, name) =>
      name === "order" ? workflows : name === "slow" ? slow : name === "capped" ? capped : [],
    category: (_, key) =>
      key === "capped" ? { environmentId, key, version: 1, document: { class: "transactional", caps } } : undefined,
    policy: () => ({ environmentId, key: "environment", version: 1, document: policy }),
    segment: (_, key) => {
      const where = segments[key];
      return where === undefined ? undefined : { environmentId, key, version: 1, document: { where } };
    },
    laneOf: (_, category) => (category === "marketing" || category === "critical" ? category : "transactional"),
    currentTemplate: (_, key) => (key === "t" ? template : undefined),
    integrations: () => [],
    workflowVersion: async (_, key) => [...workflows, ...slow].find((each) => each.key === key),
    templateVersion: async () => template,
  };
}

const databases: Database[] = [];

export function closeBenches(): void {
  for (const database of databases.splice(0)) database.close();
}

export const limits = {
  ...stepLimits,
  firstTurnRecipientsMax: 10,
  openedRecipientsMax: 10,
  pacedMessages: 1000,
  paceMaxMs: 10,
  batchMax: 100,
  concurrency: 4,
  recipientsPerTurn: 20,
  recipientsPerStride: 20,
  recipientsPerShortStride: 20,
  strideQuietMs: 1000,
  expandedWaitingMax: 1000,
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

/** Steps of the store after which a process dies; what of it is under way then never ends. */
interface Life {
  crashAfter?: number;
  only?: Topic;
}

export async function bench(over: Partial<typeof limits> = {}) {
  const database = new Database(":memory:", { cacheMib: 4, checkpointPages: 1000 });
  databases.push(database);
  migrate(database, 0);
  const corner = await openCorner(storeOn(database));
  const random = new SeededRandom(7);
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 10_000);
  const keys = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
  keyring.addEnvironment({ id: corner.environmentId, ...keys });
  const line = new SimulatedClock(corner.at);
  const segments: Segments = {};
  const policy: Policy = {};
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
      dataSchemas: { dataFaults: () => [] },
      configuration: configurationOf(corner.environmentId, segments, policy),
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
      limits: { ...limits, ...over },
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
    segments,
    policy,
    clock: line,
    faults,
    delivered,
    start,
    rest: (ms = 1000) => line.settleTo(line.now() + ms),
  };
}

export type Bench = Awaited<ReturnType<typeof bench>>;

export interface Given extends Partial<Pick<NewEvent, "name" | "lane" | "expiresAt" | "cancellationHash">> {
  recipients?: string[];
  inline?: InlineRecipient[];
  topics?: string[];
  segments?: string[];
  campaign?: EventPayload["campaign"];
  data?: EventPayload["data"];
}

export async function accept({ corner, keyring, clock }: Bench, given: Given): Promise<NewEvent> {
  const { recipients = [], inline, topics = [], segments = [], campaign, data = {}, ...over } = given;
  const payload: EventPayload = { data, recipients: [...recipients, ...(inline ?? []).map(({ id }) => id)] };
  const audiences = [...topics.map((topic) => ({ topic })), ...segments.map((segment) => ({ segment }))];
  if (audiences.length > 0) payload.audiences = audiences;
  if (campaign !== undefined) payload.campaign = campaign;
  const seal = (context: string, value: unknown) =>
    keyring.sealForEnvironment(corner.environmentId, context, JSON.stringify(value));
  return corner.accepted({
    name: "order",
    receivedAt: clock.now(),
    dueAt: clock.now(),
    ...over,
    payload: seal(sealContext.payload, payload),
    ...(campaign === undefined
      ? {}
      : { campaign: { name: "c", document: "{}", countedTopics: topics, named: recipients.length } }),
    inline: inline === undefined ? null : seal(sealContext.inline, inline),
  });
}

export async function shown({ corner }: Bench, event: NewEvent): Promise<EventRow> {
  const row = await corner.store.getEvent({ environmentId: corner.environmentId, id: event.id, limit: 1000 });
  if (row === undefined) throw new RangeError("there is no such event");
  return row;
}

export const people = (count: number) => times(count, (index) => ({ id: `u${index}`, email: `u${index}@example.org` }));
export const counts = (rows: readonly { workflow: string }[]) =>
  Object.fromEntries(
    ["confirm", "offer"].map((key) => [key, rows.filter(({ workflow: name }) => name === key).length]),
  );
