import type { DayReason } from "@tidings/contract/allowances";
import { channels, type Lane, lanes } from "@tidings/contract/words";
import { addressGroup } from "../../domain/address-group.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { nextStep } from "../../domain/retry.ts";
import type { TemplateFault } from "../../domain/template-fault.ts";
import { carriedTrace } from "../../domain/trace-context.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { DeliveryRecord, Settlement } from "../../ports/store/deliver.ts";
import { Departure } from "./departure.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { DispatcherServices } from "./dispatcher-services.ts";
import { Health } from "./health.ts";
import { Keeper } from "./keeper.ts";
import { type DeliverLoad, fullest } from "./load.ts";
import { lostCost } from "./lost-cost.ts";
import { openDelivery } from "./open.ts";
import { OptOutLinks } from "./opt-out-links.ts";
import { Outcomes } from "./outcomes.ts";
import { OverflowDelays } from "./overflow.ts";
import type { DeliverDependencies } from "./ports.ts";
import { PutOffs } from "./put-offs.ts";
import { Releases } from "./releases.ts";
import { Renderer } from "./renderer.ts";
import type { Kept } from "./route-ports.ts";
import { Router } from "./router.ts";
import { Slots } from "./slots.ts";
import { TemplateFailures } from "./template-failures.ts";
import { Tolls } from "./tolls.ts";
import { Tracking } from "./tracking.ts";

/** Integrations that are told of, so that what is told stays small. */
const integrationsToldMax = 20;

/**
 * The third stage: takes messages, picks an integration, makes one attempt, records what became of it.
 *
 *   queued ── STARTED ──▶ sending ── outcome ──▶ sent | queued (retry) | failed | unknown | expired | dead
 *      └── paused ──▶ kept, until its pause ends or it expires
 *
 * Invariants: a message is settled in the store (an end, or a timer) before its queue item is acknowledged; STARTED is
 * committed before the call; places under way are bounded by process, integration and destination, and so is what waits
 * for them in memory. It knows no business rule.
 */
export class Deliver {
  readonly #on: DeliverDependencies;
  readonly #slots: Slots;
  readonly #services: DispatcherServices;
  readonly #failures: TemplateFailures;
  readonly #overflow: OverflowDelays;
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #health: Health;
  readonly #router: Router;
  readonly #tolls: Tolls;
  readonly #putOffs: PutOffs;
  readonly #keeper: Keeper;
  readonly #releases: Releases;
  #unsubscribe: () => void = () => undefined;
  /** Who waits for the end. */
  readonly #idle: (() => void)[] = [];
  #pumping = false;
  #stopped = false;

  constructor(dependencies: DeliverDependencies) {
    this.#on = dependencies;
    this.#slots = new Slots(dependencies.limits.maxInFlight);
    this.#failures = new TemplateFailures(dependencies.configuration, dependencies.limits.failingTemplatesMax);
    this.#overflow = new OverflowDelays(dependencies.limits.overflowDelayMs, dependencies.limits.overflowDelayMaxMs);
    this.#health = new Health(dependencies, dependencies.limits.health, (integration) =>
      this.#healthChanged(integration),
    );
    this.#tolls = new Tolls(dependencies, dependencies.limits.tolls);
    this.#router = new Router(dependencies, this.#health, this.#tolls);
    this.#putOffs = new PutOffs(dependencies);
    this.#keeper = new Keeper(dependencies);
    this.#releases = new Releases(dependencies);
    const links = new OptOutLinks(dependencies.keyring, dependencies.configuration, dependencies.optOut);
    const tracking = new Tracking(dependencies.keyring, dependencies.configuration, dependencies.optOut);
    this.#services = {
      on: dependencies,
      slots: this.#slots,
      renderer: new Renderer(
        { ...dependencies, optOutLinks: links, tracking },
        dependencies.limits.compiledTemplatesMax,
      ),
      optOutLinks: links,
      outcomes: new Outcomes(dependencies, (delivery, than) => this.#router.elsewhere(delivery, than)),
      health: this.#health,
      tolls: this.#tolls,
      putOff: (delivery, reason) => this.#putOffs.add(delivery, reason),
      reroute: (delivery, settled) =>
        this.#offer(delivery, settled, (error) => {
          dependencies.observer.onFault("reroute", delivery.id, error);
          // It is still due in the store, which brings it again.
          settled();
        }),
      isPaused: (delivery, integration) => this.#router.isPaused(delivery, integration),
      failTemplate: (delivery, fault) => this.#failTemplate(delivery, fault),
      onRelease: () => {
        this.#pumpSoon();
        this.#endIfIdle();
      },
    };
  }

  /** Messages between STARTED and their recorded outcome. */
  get inFlight(): number {
    return this.#slots.taken;
  }

  /** What is in hand, by integration; reckoned when somebody asks. */
  get load(): DeliverLoad {
    const loads = Array.from(this.#dispatchers.values(), (dispatcher) => dispatcher.load);
    // Not the places taken: what waits for a rate has its place already.
    const inFlight = loads.reduce((sum, load) => sum + load.inFlight, 0);
    return { inFlight, buffers: fullest(loads, integrationsToldMax) };
  }

  /** Templates that fail as they are in force. */
  get failingTemplates(): number {
    return this.#failures.count;
  }

  start(): void {
    this.#unsubscribe = this.#on.configuration.onPauses((environmentId) => this.#pausesChanged(environmentId));
    this.#releases.start();
    const options = { batchMax: this.#on.limits.handlerBatchMax, concurrency: this.#on.limits.topicItemsMax };
    for (const lane of lanes) {
      for (const channel of channels)
        this.#on.queue.consume(
          `delivery.${channel}.${lane}`,
          (items, acknowledge) => this.#handle(items, lane, acknowledge),
          options,
        );
    }
  }

  /** What waits in memory stays queued in the store; calls under way end as they end. Resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#health.stop();
    for (const dispatcher of this.#dispatchers.values()) dispatcher.drop();
    const idle = new Promise<void>((resolve) => {
      this.#idle.push(resolve);
      this.#endIfIdle();
    });
    await Promise.all([idle, this.#releases.stop()]);
    await this.#tolls.stop();
  }

  #endIfIdle(): void {
    if (!this.#stopped || this.#slots.taken > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Resolves when all items are settled; each is acknowledged as soon as it is. */
  #handle(items: readonly QueueItem[], lane: Lane, acknowledge: (item: QueueItem) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const missing: QueueItem[] = [];
      let open = items.length;
      const done = (item: QueueItem): void => {
        acknowledge(item);
        open -= 1;
        if (open === 0) resolve();
      };
      for (const item of items) {
        const delivery = this.#on.takeDelivery(item.id);
        if (delivery === undefined) missing.push(item);
        else this.#offer(delivery, () => done(item), reject);
      }
      this.#pumpSoon();
      if (missing.length > 0) this.#fromStore(missing, lane, done).catch(reject);
    });
  }

  async #fromStore(items: readonly QueueItem[], lane: Lane, done: (item: QueueItem) => void): Promise<void> {
    const records = await this.#on.store.loadDeliveries({ ids: items.map((item) => item.id), lane });
    const byId = new Map(records.map((record) => [record.id, record]));
    await Promise.all(
      items.map(async (item) => {
        const record = byId.get(item.id);
        if (record !== undefined) await this.#openAndOffer(record, item.trace);
        done(item);
      }),
    );
  }

  async #openAndOffer(record: DeliveryRecord, carried: string | undefined): Promise<void> {
    if (record.state === "sending") return this.#resolveLost(record);
    const settle = (after: Settlement["after"]) =>
      this.#settle({
        environmentId: record.origin.environmentId,
        messageId: record.id,
        attempts: record.attempts,
        at: this.#on.clock.now(),
        after,
      });
    try {
      const delivery = openDelivery(record, this.#on.keyring);
      if (delivery === undefined) return await settle({ state: "canceled", reason: "address_removed" });
      if (carried !== undefined) delivery.trace = carriedTrace(carried, delivery.trace);
      await new Promise<void>((resolve, reject) => {
        this.#offer(delivery, resolve, reject);
        this.#pumpSoon();
      });
    } catch (error) {
      this.#on.observer.onFault("open", record.id, error);
      return settle({ state: "dead", reason: "unreadable", detail: error instanceof Error ? error.name : "fault" });
    }
  }

  /**
   * A message in `sending` whose process is gone, or whose lease is over: nobody knows whether its provider has it.
   * UNKNOWN is resolved by class, as after a time-out.
   */
  async #resolveLost(record: DeliveryRecord): Promise<void> {
    const { clock, random, configuration, store, node } = this.#on;
    const now = clock.now();
    const { origin } = record;
    if (record.open !== null && record.open.node === node && record.open.leaseUntil > now) return;
    const integration = configuration
      .integrations(origin.environmentId)
      .find((candidate) => candidate.key === record.open?.integration);
    const idempotent = integration !== undefined && this.#on.providerOf(integration)?.idempotent === true;
    const after = nextStep(
      { status: "unknown", code: "process_lost" },
      {
        lane: origin.lane,
        attempt: record.attempts,
        firstAttemptAt: record.firstAttemptAt ?? now,
        now,
        expiresAt: record.expiresAt,
        retry: configuration.category(origin.environmentId, origin.category)?.document.retry,
        idempotent,
        others: { candidates: this.#router.candidatesOf(origin), isOpen: false },
      },
      random.number(),
    );
    const outcome = {
      environmentId: record.origin.environmentId,
      messageId: record.id,
      labels: origin,
      integration: record.open?.integration ?? "",
      number: record.attempts,
      finishedAt: now,
      outcome: "unknown" as const,
      code: "process_lost",
    };
    const cost = lostCost(record, integration, this.#on.keyring, idempotent && after.state === "queued");
    await store.recordOutcomes({
      outcomes: [{ ...outcome, detail: "", providerMessageId: "", after, suppress: "", mailbox: record.mailbox, cost }],
      lane: origin.lane,
    });
  }

  /** Tells when the message is settled. */
  #offer(delivery: Delivery, settled: () => void, failed: (error: unknown) => void): void {
    if (this.#stopped) {
      settled();
      return;
    }
    const way = this.#route(delivery);
    if (way === undefined) {
      this.#fail(delivery, "no_integration", "").then(settled, failed);
      return;
    }
    if (typeof way === "string") {
      this.#putOffs.add(delivery, way).then(settled, failed);
      return;
    }
    if ("pause" in way) {
      this.#keeper.keep(delivery, way.pause).then(settled, failed);
      return;
    }
    const { dispatcher, isFree, isProbe } = way;
    const destination = dispatcher.destinationOf(delivery);
    if (dispatcher.offer({ delivery, destination, state: "waiting", settled }, isProbe)) {
      if (isFree) return;
      const group = addressGroup(delivery.origin.channel, delivery.to);
      if (isProbe) this.#health.takeProbe(dispatcher.integration, group);
      this.#health.watch(dispatcher.integration, group);
      return;
    }
    this.#on.observer.onOverflow(delivery.origin.lane);
    const now = this.#on.clock.now();
    const delayMs = this.#overflow.next(
      `${dispatcher.integration.environmentId}:${dispatcher.integration.key}:${destination}`,
      now,
      this.#on.random.number(),
    );
    this.#settle({
      environmentId: delivery.origin.environmentId,
      messageId: delivery.id,
      attempts: delivery.attempts,
      at: now,
      after: { state: "queued", dueAt: now + delayMs },
    }).then(settled, failed);
  }

  /** Places for messages that are about to be committed, so that they are STARTED by that commit. */
  take(deliveries: readonly Delivery[]): Departure {
    const departure = new Departure();
    for (const delivery of deliveries) {
      const way = this.#stopped ? undefined : this.#route(delivery);
      const isFree = typeof way === "object" && "isFree" in way && way.isFree;
      departure.add(isFree ? way.dispatcher : undefined, delivery);
    }
    return departure;
  }

  /**
   * `isFree`: nothing stands against it; `isProbe`: it is to show whether the integration works again. Or what keeps it, or why it
   * waits for the next day; undefined where it has no way.
   */
  #route(
    delivery: Delivery,
  ): { dispatcher: Dispatcher; isFree: boolean; isProbe: boolean } | Kept | DayReason | undefined {
    const route = this.#router.route(delivery);
    if (route === undefined || typeof route === "string" || "pause" in route) return route;
    if (this.#tolls.isOverBudget(route.integration, delivery)) return "budget_reached";
    const dispatcher = this.#dispatcher(route.integration, route.among);
    if (dispatcher === undefined) return undefined;
    return { dispatcher, isFree: route.passes === "yes", isProbe: route.passes === "probe" };
  }

  /**
   * An integration, or a destination of it, is avoided from now on, or may be used again. What waits for an open one goes round it
   * where there is another way. Gives whether anything waits there.
   */
  #healthChanged(integration: IntegrationConfiguration): boolean {
    if (this.#stopped) return false;
    for (const dispatcher of this.#dispatchers.values()) {
      if (dispatcher.integration.environmentId !== integration.environmentId) continue;
      if (this.#health.openOf(dispatcher.integration) !== undefined) dispatcher.divert();
    }
    this.#pumpSoon();
    return (this.#dispatchers.get(`${integration.environmentId}:${integration.key}`)?.waiting ?? 0) > 0;
  }

  /** What waits in memory is looked at again: it may be kept now, or go another way. */
  #pausesChanged(environmentId: number): void {
    if (this.#stopped) return;
    for (const dispatcher of this.#dispatchers.values())
      if (dispatcher.integration.environmentId === environmentId) dispatcher.divert();
    this.#pumpSoon();
  }

  /** One per version of an integration: a changed one begins anew while the old one's calls end. */
  #dispatcher(integration: IntegrationConfiguration, among: number): Dispatcher | undefined {
    const key = `${integration.environmentId}:${integration.key}`;
    const known = this.#dispatchers.get(key);
    if (known !== undefined && known.integration.version === integration.version) return known;
    const provider = this.#on.providerOf(integration);
    if (provider === undefined) return undefined;
    // An integration that stands alone may fill the topic: nobody waits behind it. Where there are several, or many
    // destinations, their buffers together leave room in the topic for messages that can go out.
    const { bufferPerIntegration, topicItemsMax } = this.#on.limits;
    const alone = among === 1 && provider.destination === undefined;
    const bufferMax = alone
      ? topicItemsMax
      : Math.max(1, Math.min(bufferPerIntegration, Math.floor(topicItemsMax / (among + 1))));
    const dispatcher = new Dispatcher(integration, provider, bufferMax, this.#services);
    known?.drop();
    this.#dispatchers.set(key, dispatcher);
    return dispatcher;
  }

  #failTemplate(delivery: Delivery, { detail }: TemplateFault): Promise<void> {
    const isFirst = this.#failures.record(delivery.origin);
    this.#on.observer.onTemplateFailure(delivery.origin, detail, isFirst);
    return this.#fail(delivery, "template_failed", detail.slice(0, 500));
  }

  async #fail(delivery: Delivery, reason: string, detail: string): Promise<void> {
    await this.#settle({
      environmentId: delivery.origin.environmentId,
      messageId: delivery.id,
      attempts: delivery.attempts,
      at: this.#on.clock.now(),
      after: { state: "dead", reason, detail },
    });
  }

  async #settle(settlement: Settlement): Promise<void> {
    await this.#on.store.settleMessages({ settlements: [settlement] });
  }

  /** Once per turn of the event loop, however many places became free in it. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      if (this.#stopped) return;
      for (const dispatcher of this.#dispatchers.values()) dispatcher.pump();
    });
  }
}
