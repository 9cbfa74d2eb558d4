import { createPipeline, type Pipeline } from "../../packages/server/src/composition/pipeline.ts";
import { stepKinds } from "../../packages/server/src/domain/steps/step-kinds.ts";
import { IdSource } from "../../packages/server/src/lib/ids.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { ProcessClock } from "../../packages/server/src/lib/simulated-clock.ts";
import { MemoryLimiter } from "../../packages/server/src/limiter/memory.ts";
import type { OutboundHttp, Provider } from "../../packages/server/src/ports/provider.ts";
import type { Store } from "../../packages/server/src/ports/store/store.ts";
import { inProcessStore } from "../../packages/server/src/store/sqlite/in-process.ts";
import { SimulatedCrash } from "../../packages/server/src/store/sqlite/turn.ts";
import { TenantCache } from "../../packages/server/src/store/tenant-cache.ts";
import { poisoned } from "./poisoned-step.ts";
import type { LiveProcess, World } from "./world.ts";

export interface ProcessParts {
  node: string;
  providerOf: (integration: string, process: LiveProcess) => Provider | undefined;
  httpFor: (process: LiveProcess) => OutboundHttp;
  /** Told after each commit, before anybody is answered. */
  onCommitted: () => void;
}

/**
 * One process of the server: the real pipeline on the world's database. It dies by `kill`: its timers are dropped, so no
 * turn of its store, no poll and no time-out of it ever runs again, and its providers are deaf.
 */
export class SimulatedProcess implements LiveProcess {
  readonly node: string;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly #clock: ProcessClock;
  #alive = true;

  constructor(world: World, parts: ProcessParts) {
    const random = world.fork();
    const { base, profile } = world;
    this.node = parts.node;
    this.#clock = world.clock.fork();
    const clock = this.#clock;
    const randomBytes = (length: number): Buffer => random.bytes(length);
    const providers = new Map<string, Provider | undefined>();
    const store = this.#store(world, random, parts.onCommitted);
    this.store = store;
    const tenantLimits = { cachedTenantsMax: 100, cachedTenantMs: 1000 };
    const broadcast = { subscribe: () => () => undefined };
    this.pipeline = createPipeline({
      config: profile.config,
      store,
      configuration: base.configuration,
      tenants: new TenantCache({ store, broadcast, clock }, tenantLimits),
      keyring: base.newKeyring(randomBytes),
      clock,
      random,
      ids: new IdSource(() => clock.now(), randomBytes),
      limiter: new MemoryLimiter(clock, { keysMax: 100 }),
      templates: base.templates,
      requests: base.requests,
      http: parts.httpFor(this),
      dataSchemas: base.dataSchemas,
      steps: poisoned(stepKinds),
      servesOf: () => undefined,
      providerOf: ({ key }) => {
        if (!providers.has(key)) providers.set(key, parts.providerOf(key, this));
        return providers.get(key);
      },
      node: this.node,
      broadcast: undefined,
      openTopics: undefined,
      broker: undefined,
      published: undefined,
      tracer: undefined,
      observer: {
        onDurable: () => undefined,
        onOrchestrated: () => undefined,
        onStarted: () => undefined,
        onOutcome: () => undefined,
        onFetched: () => undefined,
        onRunaway: (_, root, reason) => world.note(`${this.node} runaway ${root} ${reason}`),
        onWebhookCalled: () => undefined,
        onWebhookDisabled: () => undefined,
        onVisits: () => undefined,
        onHeldBack: () => undefined,
        onCircuit: ({ key }, destination, cause) => world.note(`${this.node} circuit ${key} ${destination} ${cause}`),
        onUsedUp: (_environmentId, key, reason) => world.note(`${this.node} used up ${key} ${reason}`),
        onWarmUp: ({ key }, stopped) => world.note(`${this.node} warm-up of ${key} stopped: ${stopped !== undefined}`),
        onPutOffToNextDay: (_delivery, reason) => world.note(`${this.node} put off: ${reason}`),
        onOverflow: (lane) => world.note(`${this.node} overflow ${lane}`),
        onTemplateFailure: (_origin, detail) => world.note(`${this.node} template failed: ${detail}`),
        onFault: (where, id, error) => world.note(`${this.node} fault in ${where} ${id}: ${String(error)}`),
      },
    });
    this.pipeline.start();
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    this.#clock.drop();
  }

  #store(world: World, random: SeededRandom, onCommitted: () => void): Store {
    const { profile } = world;
    const delayMs = (): number =>
      random.chance(profile.slowTurn) ? random.int(1000) : random.int(profile.turnDelayMs + 1);
    const store = inProcessStore(world.base.database, {
      limits: { turnMs: 1000, turnCallsMax: profile.turnCallsMax },
      monotonic: () => this.#clock.monotonic(),
      schedule: (turn) => void this.#clock.after(world.faulty ? delayMs() : 0, turn),
      between: (point) => {
        if (point === "committed") onCommitted();
        if (world.crashHere()) throw new SimulatedCrash(point);
      },
    });
    // No workflow uses the other channels, and looking for their messages is most of what a poll costs.
    const dueMessages: Store["dueMessages"] = async (query) =>
      query.channel === "email" || query.channel === "sms" ? store.dueMessages(query) : [];
    return { ...store, dueMessages };
  }
}
