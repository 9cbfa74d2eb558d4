import { type IntegrationBody, integrationBodySchema } from "@tidings/contract/integrations";
import type { PolicyBody } from "@tidings/contract/policies";
import type { Lane } from "@tidings/contract/words";
import { granted } from "../../domain/allowance.ts";
import { someDelivery, someOrigin } from "../../domain/delivery.conformance.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { eventLoopTurn } from "../../lib/event-loop-turn.ts";
import { SeededRandom } from "../../lib/seeded-random.ts";
import { SimulatedClock } from "../../lib/simulated-clock.ts";
import { MemoryLimiter } from "../../limiter/memory.ts";
import type { Configuration, IntegrationConfiguration, TemplateParts } from "../../ports/configuration.ts";
import type { PausesInForce } from "../../ports/pauses.ts";
import type { Outcome, Provider } from "../../ports/provider.ts";
import type { Queue, QueueHandler, QueueItem } from "../../ports/queue.ts";
import type { AllowanceDay, BounceSum } from "../../ports/store/allowances.ts";
import type { Tenant, Tenants } from "../../ports/tenants.ts";
import { HandlebarsEngine } from "../../templates/handlebars.ts";
import { Deliver } from "./deliver.ts";
import { PausesBench } from "./pauses-bench.conformance.ts";
import type { DeliverDependencies, DeliverLimits, DeliverObserver } from "./ports.ts";

const circuit = {
  failuresMin: 5,
  failedShare: 0.5,
  windowMs: 10_000,
  streakMin: 10,
  silenceMs: 3000,
  silentCallsMin: 5,
  pauseMs: 1000,
  pauseMaxMs: 20_000,
};

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
  tolls: { chunkMax: 500, pursesMax: 100, usedUpMs: 60_000, lookMs: 300_000 },
  daySpreadMs: 600_000,
  health: { integration: circuit, destination: circuit, destinationsMax: 100 },
  releasedPerCallMax: 10,
  compiledTemplatesMax: 10,
  failingTemplatesMax: 10,
};

const observer: DeliverObserver = {
  onStarted: () => {},
  onOutcome: () => {},
  onHeldBack: () => {},
  onCircuit: () => {},
  onUsedUp: () => {},
  onWarmUp: () => {},
  onPutOffToNextDay: () => {},
  onOverflow: () => {},
  onTemplateFailure: () => {},
  onFault: (_where, _id, error) => {
    throw error;
  },
};

/** Takes what it is given, as a store would where nothing stands against it. */
type BenchStore = DeliverDependencies["store"];
const store: Omit<BenchStore, "takeAllowance" | "returnAllowance" | "allowancesOf" | "bounceSums"> = {
  dueMessages: async () => [],
  loadDeliveries: async () => [],
  startAttempts: async ({ attempts }) => attempts.map(() => ({ status: "started" })),
  recordOutcomes: async ({ outcomes }) => outcomes.map(() => "recorded"),
  settleMessages: async ({ settlements }) => settlements.map(() => "recorded"),
  holdMessages: async ({ holds }) => holds.map(() => "held"),
  releaseHeld: async () => ({ count: 0, places: [], isLeft: false }),
};

/** Days' allowances as a store keeps them, for all that share `used`. */
export function memoryAllowances(used = new Map<string, number>()): BenchStore & AllowanceFigures {
  const nameOf = ({ environmentId, key, day }: AllowanceDay) => `${environmentId} ${key} ${day}`;
  const bounces: BounceSum[] = [];
  return {
    ...store,
    used,
    bounces,
    async takeAllowance({ parts, ...input }) {
      const before = used.get(nameOf(input)) ?? 0;
      const count = granted(before, { ...input, parts });
      used.set(nameOf(input), before + count);
      return count;
    },
    async returnAllowance({ count, ...input }) {
      used.set(nameOf(input), (used.get(nameOf(input)) ?? 0) - count);
    },
    async allowancesOf({ environmentId, keys, fromDay, toDay }) {
      const days = Array.from({ length: toDay - fromDay + 1 }, (_, index) => fromDay + index);
      const rows = keys.flatMap((key) => days.map((day) => ({ environmentId, key, day })));
      return rows.flatMap((row) => {
        const count = used.get(nameOf(row)) ?? 0;
        return count > 0 ? [{ ...row, used: count }] : [];
      });
    },
    bounceSums: async () => bounces,
  };
}

export interface AllowanceFigures {
  used: Map<string, number>;
  /** What every look at bounces gives. */
  bounces: BounceSum[];
}

const configurationOf = (
  integrations: readonly IntegrationConfiguration[],
  policy: PolicyBody | undefined,
  paused: PausesBench,
): Configuration & TemplateParts & PausesInForce => ({
  pauses: (environmentId) => paused.pauses(environmentId),
  nextRelease: () => paused.nextRelease(),
  onPauses: (listener) => paused.onPauses(listener),
  workflowsFor: () => [],
  category: () => undefined,
  policy: (environmentId) => policy && { environmentId, key: "environment", version: 1, document: policy },
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

export interface Account
  extends Partial<Pick<Provider, "maxBatch" | "destination">>,
    Partial<Pick<IntegrationBody, "limits" | "priority" | "warmUp" | "price">> {
  key: string;
  environmentId?: number;
  idempotent?: boolean;
  /** What its calls come to at once; left out, they end when a test says so. */
  send?: Provider["send"];
}

const keyring = {
  unsealForEnvironment: () => "",
  unsealForRecipient: () => "",
  hash: () => "",
  sign: () => Buffer.alloc(0),
};

function integrationOf({
  key,
  environmentId = 1,
  limits: own,
  priority,
  warmUp,
  price,
}: Account): IntegrationConfiguration {
  return {
    environmentId,
    key,
    version: 1,
    document: integrationBodySchema.parse({
      channel: "webhook",
      provider: "test",
      limits: own,
      priority,
      warmUp,
      price,
    }),
    secrets: {},
  };
}

function providerOf(
  { maxBatch = 1, destination, idempotent = false, send }: Partial<Account> = {},
  calls: (() => void)[],
): Provider {
  const accepted = (batch: readonly unknown[]) => batch.map((): Outcome => ({ status: "accepted" }));
  return {
    maxBatch,
    ...(destination === undefined ? {} : { destination }),
    idempotent,
    send: send ?? ((batch) => new Promise((resolve) => calls.push(() => resolve(accepted(batch))))),
    close: async () => {},
  };
}

function tenantsOf(known: Record<string, Partial<Tenant>>): Tenants {
  const tenant = (key: string): Tenant => ({ key, name: undefined, branding: {}, ...known[key] });
  return { peek: (_environmentId, key) => tenant(key), load: async (_environmentId, key) => tenant(key) };
}

/** A queue whose items a test hands over. */
function queueBench() {
  const handlers = new Map<string, QueueHandler>();
  /** Topics that were to be looked at, messages that the queue has back, and what handlers refused theirs with. */
  const told: { woken: string[]; acknowledged: string[]; refused: unknown[] } = {
    woken: [],
    acknowledged: [],
    refused: [],
  };
  const queue: Queue = {
    publish: () => {},
    consume: (topic, handler) => void handlers.set(topic, handler),
    wake: (topic) => void told.woken.push(topic),
    depth: () => 0,
    stop: async () => {},
  };
  const hand = (topic: string, ids: readonly string[]): void => {
    const queued = ids.map((id): QueueItem => ({ v: 1, id }));
    const handled = handlers.get(topic)?.(queued, ({ id }) => void told.acknowledged.push(id));
    handled?.catch((error: unknown) => told.refused.push(error));
  };
  return { queue, hand, told };
}

interface BenchOptions {
  policy?: PolicyBody;
  tenants?: Record<string, Partial<Tenant>>;
  onFault?: DeliverObserver["onFault"];
}

const accountOf = (accounts: readonly Account[], key: string) => accounts.find((account) => account.key === key);
const idsOf = (items: readonly Delivery[]): string[] => items.map(({ id }) => id);

/** The deliver stage with one webhook integration per environment, whose calls end when a test says so. */
export function loadBench(
  accounts: readonly Account[],
  over: Partial<DeliverLimits> = {},
  storeOver: Partial<DeliverDependencies["store"]> = {},
  { policy, tenants = {}, onFault = observer.onFault }: BenchOptions = {},
) {
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
  const deliveries = new Map<string, Delivery>();
  const calls: (() => void)[] = [];
  const integrations = accounts.map(integrationOf);
  const paused = new PausesBench();
  const bench = queueBench();
  let made = 0;
  const deliver = new Deliver({
    store: { ...memoryAllowances(), ...storeOver },
    configuration: configurationOf(integrations, policy, paused),
    tenants: tenantsOf(tenants),
    keyring,
    optOut: { publicUrl: () => "http://localhost", linkDays: 60, consentLinkHours: 24 },
    clock,
    random: new SeededRandom(1),
    ids: { next: () => `id ${made++}`, derive: () => `id ${made++}`, deriveAt: () => `id ${made++}` },
    queue: bench.queue,
    limiter: new MemoryLimiter(clock, { keysMax: 10 }),
    templates: new HandlebarsEngine(),
    providerOf: ({ key }) => providerOf(accountOf(accounts, key), calls),
    servesOf: () => undefined,
    takeDelivery: (id) => deliveries.get(id),
    node: "here",
    tracer: undefined,
    limits: { ...limits, ...over },
    observer: { ...observer, onFault },
  });
  deliver.start();
  const look = async (ids: readonly string[], lane: Lane): Promise<void> => {
    bench.hand(`delivery.webhook.${lane}`, ids);
    await eventLoopTurn();
  };
  const handle = (items: readonly Delivery[], lane: Lane): Promise<void> => {
    for (const delivery of items) deliveries.set(delivery.id, delivery);
    return look(idsOf(items), lane);
  };
  return {
    deliver,
    paused,
    ...bench.told,
    clock,
    calls,
    /** What was sent, as it was handed over last. */
    deliveries,
    handle,
    /** Gives the stage ids of what the store has. */
    look,
    /** Hands messages to the stage and lets it come to rest. */
    async send(
      count: number,
      to = "a",
      { lane = "transactional" as Lane, environmentId = 1, tenant = "", expiresAt = null as number | null } = {},
    ): Promise<void> {
      const items = Array.from({ length: count }, (): Delivery => {
        const delivery = someDelivery(`m${made++}`, someOrigin({ channel: "webhook", lane, environmentId, tenant }));
        return { ...delivery, to, expiresAt, content: { text: "x" } };
      });
      await handle(items, lane);
    },
  };
}
