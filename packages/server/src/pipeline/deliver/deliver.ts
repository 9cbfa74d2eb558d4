import { channels, type Lane, lanes } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { nextStep } from "../../domain/retry.ts";
import { candidates, choose } from "../../domain/route.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { QueueItem } from "../../ports/queue.ts";
import type { DeliveryRecord, Settlement } from "../../ports/store/deliver.ts";
import { Dispatcher, type DispatcherServices } from "./dispatcher.ts";
import { openDelivery } from "./open.ts";
import { Outcomes } from "./outcomes.ts";
import { OverflowDelays } from "./overflow.ts";
import type { DeliverDependencies } from "./ports.ts";
import { Renderer } from "./renderer.ts";
import { Slots } from "./slots.ts";

/**
 * The third stage: takes messages, picks an integration, makes one attempt, records what became of it.
 *
 *   queued ── STARTED ──▶ sending ── outcome ──▶ sent | queued (retry) | failed | unknown | expired | dead
 *
 * Invariants: a message is settled in the store (an end, or a timer) before its queue item is acknowledged; STARTED is
 * committed before the call; places under way are bounded by process, integration and destination, and so is what waits
 * for them in memory. It knows no business rule.
 */
export class Deliver {
  readonly #on: DeliverDependencies;
  readonly #slots: Slots;
  readonly #services: DispatcherServices;
  readonly #overflow: OverflowDelays;
  readonly #dispatchers = new Map<string, Dispatcher>();
  #pumping = false;
  #stopped = false;

  constructor(dependencies: DeliverDependencies) {
    this.#on = dependencies;
    this.#slots = new Slots(dependencies.limits.maxInFlight);
    this.#overflow = new OverflowDelays(dependencies.limits.overflowDelayMs, dependencies.limits.overflowDelayMaxMs);
    this.#services = {
      on: dependencies,
      slots: this.#slots,
      renderer: new Renderer(
        dependencies.configuration,
        dependencies.templates,
        dependencies.limits.compiledTemplatesMax,
      ),
      outcomes: new Outcomes(dependencies),
      fail: (delivery, reason, error) => this.#fail(delivery, reason, error),
      onRelease: () => this.#pumpSoon(),
    };
  }

  /** Messages between STARTED and their recorded outcome. */
  get inFlight(): number {
    return this.#slots.taken;
  }

  start(): void {
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
    for (const dispatcher of this.#dispatchers.values()) dispatcher.drop();
  }

  async #handle(items: readonly QueueItem[], lane: Lane, acknowledge: (item: QueueItem) => void): Promise<void> {
    const missing: QueueItem[] = [];
    const settled: Promise<void>[] = [];
    for (const item of items) {
      const delivery = this.#on.takeDelivery(item.id);
      if (delivery === undefined) missing.push(item);
      else settled.push(this.#offer(delivery).then(() => acknowledge(item)));
    }
    this.#pumpSoon();
    if (missing.length > 0) settled.push(this.#fromStore(missing, lane, acknowledge));
    await Promise.all(settled);
  }

  async #fromStore(items: readonly QueueItem[], lane: Lane, acknowledge: (item: QueueItem) => void): Promise<void> {
    const records = await this.#on.store.loadDeliveries({ ids: items.map((item) => item.id), lane });
    const byId = new Map(records.map((record) => [record.id, record]));
    await Promise.all(
      items.map(async (item) => {
        const record = byId.get(item.id);
        if (record !== undefined) await this.#openAndOffer(record);
        acknowledge(item);
      }),
    );
  }

  async #openAndOffer(record: DeliveryRecord): Promise<void> {
    if (record.state === "sending") return this.#resolveLost(record);
    const settle = (after: Settlement["after"]) =>
      this.#settle({ messageId: record.id, attempts: record.attempts, at: this.#on.clock.now(), after });
    try {
      const delivery = openDelivery(record, this.#on.keyring);
      if (delivery === undefined) return await settle({ state: "canceled", reason: "address_removed" });
      const done = this.#offer(delivery);
      this.#pumpSoon();
      return await done;
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
    if (record.open !== null && record.open.node === node && record.open.leaseUntil > now) return;
    const integration = configuration
      .integrations(record.environmentId)
      .find((candidate) => candidate.key === record.open?.integration);
    const idempotent = integration !== undefined && this.#on.providerOf(integration)?.idempotent === true;
    const after = nextStep(
      { status: "unknown", code: "process_lost" },
      {
        lane: record.lane,
        attempt: record.attempts,
        firstAttemptAt: record.firstAttemptAt ?? now,
        now,
        expiresAt: record.expiresAt,
        retry: configuration.category(record.environmentId, record.category)?.document.retry,
        idempotent,
      },
      random.number(),
    );
    const { environmentId, channel, lane, category, tenant } = record;
    const outcome = {
      messageId: record.id,
      labels: { environmentId, channel, lane, category, tenant },
      integration: record.open?.integration ?? "",
      number: record.attempts,
      finishedAt: now,
      outcome: "unknown" as const,
      code: "process_lost",
      detail: "",
    };
    await store.recordOutcomes({
      outcomes: [{ ...outcome, providerMessageId: "", after, suppress: "" }],
      lane: record.lane,
    });
  }

  /** Resolves when the message is settled. */
  #offer(delivery: Delivery): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const dispatcher = this.#route(delivery);
    if (dispatcher === undefined) return this.#fail(delivery, "no_integration", undefined);
    return new Promise((resolve, reject) => {
      const destination = dispatcher.destinationOf(delivery);
      if (dispatcher.offer({ delivery, destination, settled: resolve })) return;
      this.#on.observer.onOverflow(delivery.lane);
      const now = this.#on.clock.now();
      const delayMs = this.#overflow.next(
        `${dispatcher.integration.environmentId}:${dispatcher.integration.key}:${destination}`,
        now,
        this.#on.random.number(),
      );
      this.#settle({
        messageId: delivery.id,
        attempts: delivery.attempts,
        at: now,
        after: { state: "queued", dueAt: now + delayMs },
      }).then(resolve, reject);
    });
  }

  #route(delivery: Delivery): Dispatcher | undefined {
    const ordered = candidates(
      this.#on.configuration.integrations(delivery.environmentId),
      delivery.channel,
      delivery.lane,
    );
    const integration = choose(ordered, delivery.last, delivery.lane);
    return integration === undefined ? undefined : this.#dispatcher(integration, ordered.length);
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

  async #fail(delivery: Delivery, reason: string, error: unknown): Promise<void> {
    if (error !== undefined) this.#on.observer.onFault(reason, delivery.id, error);
    const detail = error instanceof Error ? error.message.slice(0, 500) : "";
    await this.#settle({
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
