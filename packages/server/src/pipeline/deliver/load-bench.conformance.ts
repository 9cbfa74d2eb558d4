import { integrationBodySchema } from "@tidings/contract/integrations";
import type { Lane } from "@tidings/contract/words";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import { MemoryLimiter } from "../../limiter/memory.ts";
import type { Configuration, IntegrationConfiguration, TemplateParts } from "../../ports/configuration.ts";
import type { Outcome, Provider } from "../../ports/provider.ts";
import type { Queue, QueueHandler } from "../../ports/queue.ts";
import type { DeliverStore } from "../../ports/store/deliver.ts";
import { HandlebarsEngine } from "../../templates/handlebars.ts";
import { Deliver } from "./deliver.ts";
import type { DeliverLimits, DeliverObserver } from "./ports.ts";

const limits: DeliverLimits = {
  maxInFlight: 1000,
  maxInFlightPerIntegration: 100,
  maxInFlightPerDestination: 2,
  callsPerIntegration: 1,
  bufferPerIntegration: 100,
  bufferPerDestination: 100,
  overflowDelayMs: 1000,
  overflowDelayMaxMs: 10_000,
  timeoutMs: 60_000,
  leaseMarginMs: 10_000,
  batchMax: 100,
  handlerBatchMax: 100,
  topicItemsMax: 1000,
  compiledTemplatesMax: 10,
  failingTemplatesMax: 10,
};

const observer: DeliverObserver = {
  onStarted: () => {},
  onOutcome: () => {},
  onHeldBack: () => {},
  onOverflow: () => {},
  onTemplateFailure: () => {},
  onFault: (_where, _id, error) => {
    throw error;
  },
};

/** Takes what it is given, as a store would where nothing stands against it. */
const store: DeliverStore = {
  dueMessages: async () => [],
  loadDeliveries: async () => [],
  startAttempts: async ({ attempts }) => attempts.map(() => ({ status: "started" })),
  recordOutcomes: async ({ outcomes }) => outcomes.map(() => "recorded"),
  settleMessages: async ({ settlements }) => settlements.map(() => "recorded"),
};

const configurationOf = (integrations: readonly IntegrationConfiguration[]): Configuration & TemplateParts => ({
  workflowsFor: () => [],
  category: () => undefined,
  policy: () => undefined,
  segment: () => undefined,
  laneOf: () => "transactional",
  currentTemplate: () => undefined,
  integrations: (environmentId) => integrations.filter((each) => each.environmentId === environmentId),
  workflowVersion: async () => undefined,
  templateVersion: async () => undefined,
  layout: () => undefined,
  partial: () => undefined,
  partsRevision: () => 0,
});

export interface Account extends Partial<Pick<Provider, "maxBatch" | "destination">> {
  key: string;
  environmentId?: number;
  limits?: { maxInFlight?: number; ratePerSecond?: number };
}

const keyring = {
  unsealForEnvironment: () => "",
  unsealForRecipient: () => "",
  hash: () => "",
  sign: () => Buffer.alloc(0),
};

/** The deliver stage with one webhook integration per environment, whose calls end when a test says so. */
export function loadBench(accounts: readonly Account[], over: Partial<DeliverLimits> = {}) {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const handlers = new Map<string, QueueHandler>();
  const deliveries = new Map<string, Delivery>();
  const calls: (() => void)[] = [];
  const integrations = accounts.map(({ key, environmentId = 1, limits: own }) => ({
    environmentId,
    key,
    version: 1,
    document: integrationBodySchema.parse({ channel: "webhook", provider: "test", limits: own }),
    secrets: {},
  }));
  const queue: Queue = {
    publish: () => {},
    consume: (topic, handler) => void handlers.set(topic, handler),
    wake: () => {},
    depth: () => 0,
    stop: async () => {},
  };
  const providerOf = ({ key }: IntegrationConfiguration): Provider => {
    const { maxBatch = 1, destination } = accounts.find((account) => account.key === key) ?? {};
    return {
      maxBatch,
      ...(destination === undefined ? {} : { destination }),
      idempotent: false,
      send: (batch) =>
        new Promise<Outcome[]>((resolve) => calls.push(() => resolve(batch.map(() => ({ status: "accepted" }))))),
      close: async () => {},
    };
  };
  let made = 0;
  const deliver = new Deliver({
    store,
    configuration: configurationOf(integrations),
    tenants: { peek: () => undefined, load: async (_environmentId, key) => ({ key, name: undefined, branding: {} }) },
    keyring,
    optOut: { publicUrl: () => "http://localhost", linkDays: 60, consentLinkHours: 24 },
    clock,
    random: new SeededRandom(1),
    ids: { next: () => `id ${made++}`, derive: () => `id ${made++}` },
    queue,
    limiter: new MemoryLimiter(clock, { keysMax: 10 }),
    templates: new HandlebarsEngine(),
    providerOf,
    takeDelivery: (id) => deliveries.get(id),
    node: "here",
    tracer: undefined,
    limits: { ...limits, ...over },
    observer,
  });
  deliver.start();
  return {
    deliver,
    clock,
    calls,
    /** Hands messages to the stage and lets it come to rest. */
    async send(count: number, to = "a", { lane = "transactional" as Lane, environmentId = 1 } = {}): Promise<void> {
      const items = Array.from({ length: count }, () => {
        const delivery = someDelivery(`m${made++}`, someOrigin({ channel: "webhook", lane, environmentId }));
        deliveries.set(delivery.id, { ...delivery, to, content: { text: "x" } });
        return { v: 1, id: delivery.id } as const;
      });
      void handlers.get(`delivery.webhook.${lane}`)?.(items, () => {});
      await eventLoopTurn();
    },
  };
}
