import { type Lane, lanes } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import { Batcher } from "../../lib/batcher.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { OutboundMessage, Outcome, Provider, RenderedContent } from "../../ports/provider.ts";
import type { AttemptStart, StartResult } from "../../ports/store/deliver.ts";
import { Buffer, type Pending } from "./buffer.ts";
import { callProvider } from "./call.ts";
import type { Outcomes } from "./outcomes.ts";
import type { DeliverDependencies } from "./ports.ts";
import type { Renderer } from "./renderer.ts";
import { Slots } from "./slots.ts";

/** A message with its content, ready for STARTED. */
interface Ready {
  pending: Pending;
  content: RenderedContent;
}

export interface DispatcherServices {
  on: DeliverDependencies;
  /** Places for messages under way in the whole process. */
  slots: Slots;
  renderer: Renderer;
  outcomes: Outcomes;
  /** Gives a message up without an attempt: its template fails. */
  fail: (delivery: Delivery, reason: string, error: unknown) => Promise<void>;
  /** Places have become free. */
  onRelease: () => void;
}

/**
 * Sends what one integration has to send.
 *
 *   buffered ──▶ under way: rendered ──▶ permitted ──▶ STARTED ──▶ called ──▶ outcome recorded ──▶ settled
 *
 * Invariants: a message takes a place (its destination's, the integration's, the process's) before STARTED and keeps
 * it until its outcome is recorded; no call without STARTED of all its messages; a call carries one lane and tenant.
 */
export class Dispatcher {
  readonly #services: DispatcherServices;
  readonly #integration: IntegrationConfiguration;
  readonly #provider: Provider;
  readonly #buffer: Buffer;
  readonly #slots: Slots;
  readonly #starts: Record<Lane, Batcher<AttemptStart, StartResult>>;
  /** Messages that hold a place. */
  readonly #underWay = new Set<Pending>();
  /** Those of them that are STARTED: their places are free only once an outcome is recorded. */
  readonly #started = new Set<Pending>();
  #calls = 0;

  constructor(
    integration: IntegrationConfiguration,
    provider: Provider,
    bufferMax: number,
    services: DispatcherServices,
  ) {
    this.#services = services;
    this.#integration = integration;
    this.#provider = provider;
    const { limits, store } = services.on;
    const maxInFlight = integration.document.limits?.maxInFlight ?? limits.maxInFlightPerIntegration;
    this.#slots = new Slots(maxInFlight);
    const apart = provider.destination !== undefined;
    this.#buffer = new Buffer({
      size: bufferMax,
      sizePerDestination: apart ? limits.bufferPerDestination : bufferMax,
      inFlightPerDestination: apart ? limits.maxInFlightPerDestination : maxInFlight,
    });
    const batcher = (lane: Lane) =>
      new Batcher<AttemptStart, StartResult>((attempts) => store.startAttempts({ attempts, lane }), {
        batchMax: limits.batchMax,
        openMax: 2,
      });
    this.#starts = {
      critical: batcher("critical"),
      transactional: batcher("transactional"),
      marketing: batcher("marketing"),
    };
  }

  get integration(): IntegrationConfiguration {
    return this.#integration;
  }

  get idle(): boolean {
    return this.#buffer.size === 0 && this.#slots.taken === 0;
  }

  destinationOf(delivery: Delivery): string {
    return this.#provider.destination?.(delivery.to) ?? "";
  }

  /** False where the buffer has no room for it. */
  offer(pending: Pending): boolean {
    return this.#buffer.offer(pending);
  }

  /** Starts as many calls as places allow, most urgent lane first. */
  pump(): void {
    for (const lane of lanes) {
      while (this.#buffer.size > 0 && this.#mayCall()) {
        const free = Math.min(this.#slots.free(lane), this.#services.slots.free(lane));
        const group = this.#buffer.take(
          lane,
          this.#provider.maxBatch > 1 ? Math.min(free, this.#provider.maxBatch) : free,
        );
        if (group.length === 0) break;
        for (const pending of group) this.#underWay.add(pending);
        this.#slots.take(group.length);
        this.#services.slots.take(group.length);
        this.#calls += 1;
        void this.#dispatch(group, lane);
      }
    }
  }

  /** Leaves what waits to the store, for a stop. */
  drop(): void {
    for (const pending of this.#buffer.clear()) pending.settled();
  }

  /** A batching provider has a few calls under way; while they are, the next batch gathers. */
  #mayCall(): boolean {
    return this.#provider.maxBatch === 1 || this.#calls < this.#services.on.limits.callsPerIntegration;
  }

  async #dispatch(group: readonly Pending[], lane: Lane): Promise<void> {
    try {
      const ready = await this.#render(group);
      await Promise.all(byTenant(ready).map((part) => this.#permitted(part, lane)));
    } catch (error) {
      // The store did not take STARTED: no call was made, and the messages are still due.
      this.#services.on.observer.onFault("dispatch", group[0]?.delivery.id ?? "", error);
      for (const pending of group) if (!this.#started.has(pending)) this.#release(pending);
    } finally {
      this.#calls -= 1;
      this.#services.onRelease();
    }
  }

  /** Takes permits of the integration's rate and sends as they come. */
  async #permitted(ready: readonly Ready[], lane: Lane): Promise<void> {
    const { limiter, clock } = this.#services.on;
    const rate = this.#integration.document.limits?.ratePerSecond;
    if (rate === undefined) return this.#send(ready, lane);
    const sent: Promise<void>[] = [];
    let rest = ready;
    while (rest.length > 0) {
      const { taken, retryAfterMs } = await limiter.take(
        `${this.#integration.environmentId}:${this.#integration.key}`,
        rate,
        rest.length,
      );
      if (taken > 0) sent.push(this.#send(rest.slice(0, taken), lane));
      rest = rest.slice(taken);
      if (rest.length > 0) await new Promise<void>((resolve) => void clock.after(Math.max(1, retryAfterMs), resolve));
    }
    await Promise.all(sent);
  }

  async #render(group: readonly Pending[]): Promise<Ready[]> {
    const ready: Ready[] = [];
    for (const pending of group) {
      try {
        const content = this.#services.renderer.render(pending.delivery);
        ready.push({ pending, content: content instanceof Promise ? await content : content });
      } catch (error) {
        await this.#services.fail(pending.delivery, "template_failed", error);
        this.#release(pending);
      }
    }
    return ready;
  }

  /** STARTED for all, in one store call; then one call per batch. */
  async #send(ready: readonly Ready[], lane: Lane): Promise<void> {
    const { clock, ids, limits, node } = this.#services.on;
    const timeoutMs = this.#integration.document.limits?.timeoutMs ?? limits.timeoutMs;
    const leaseMs = timeoutMs + limits.leaseMarginMs;
    const at = clock.now();
    const leaseFrom = clock.monotonic();
    const single = this.#provider.maxBatch === 1;
    const shared = single ? "" : ids.next();
    const starts = ready.map(({ pending }) => ({
      messageId: pending.delivery.id,
      number: pending.delivery.attempts + 1,
      callId: single ? ids.next() : shared,
      integration: this.#integration.key,
      node,
      at,
      leaseUntil: at + leaseMs,
    }));
    const results = await Promise.all(starts.map((start) => this.#starts[lane].submit(start)));
    const started = ready.filter(({ pending }, index) => {
      const status = results[index]?.status;
      if (status === "started") {
        this.#started.add(pending);
        return true;
      }
      if (status === "suppressed" || status === "expired")
        this.#services.on.observer.onHeldBack(pending.delivery, this.#integration, status);
      this.#release(pending);
      return false;
    });
    const leaseLeftMs = leaseMs - (clock.monotonic() - leaseFrom);
    const groups = single ? started.map((one) => [one]) : started.length > 0 ? [started] : [];
    const callIds = new Map(starts.map((start) => [start.messageId, start.callId]));
    await Promise.all(
      groups.map((group) =>
        this.#call(group, callIds.get(group[0]?.pending.delivery.id ?? "") ?? shared, { timeoutMs, leaseLeftMs }),
      ),
    );
  }

  async #call(
    group: readonly Ready[],
    callId: string,
    time: { timeoutMs: number; leaseLeftMs: number },
  ): Promise<void> {
    const { clock, observer } = this.#services.on;
    const startedAt = clock.monotonic();
    const now = clock.now();
    for (const { pending } of group)
      observer.onStarted(pending.delivery, this.#integration, now - pending.delivery.createdAt);
    // With less lease left than the call may take, another could repeat it while it is under way: it is not made.
    const outcomes =
      time.leaseLeftMs < time.timeoutMs
        ? group.map((): Outcome => ({ status: "rejected", kind: "transient", code: "lease_too_short" }))
        : await callProvider(
            this.#provider,
            group.map(outbound),
            { callId, timeoutMs: time.timeoutMs, clock },
            (late) => this.#record(group, late),
          );
    const tookMs = clock.monotonic() - startedAt;
    outcomes.forEach((outcome, index) => {
      const delivery = group[index]?.pending.delivery;
      if (delivery !== undefined) observer.onOutcome(delivery, this.#integration, outcome, tookMs);
    });
    await this.#record(group, outcomes);
    for (const { pending } of group) this.#release(pending);
  }

  async #record(group: readonly Ready[], outcomes: readonly Outcome[]): Promise<void> {
    const attempt = (delivery: Delivery) => ({
      number: delivery.attempts + 1,
      integration: this.#integration,
      idempotent: this.#provider.idempotent,
    });
    await Promise.all(
      group.map(({ pending }, index) => {
        const outcome = outcomes[index] ?? { status: "unknown", code: "no_outcome" };
        return this.#services.outcomes.record(pending.delivery, attempt(pending.delivery), outcome);
      }),
    );
  }

  #release(pending: Pending): void {
    this.#started.delete(pending);
    if (!this.#underWay.delete(pending)) return;
    this.#buffer.release(pending);
    this.#slots.release(1);
    this.#services.slots.release(1);
    pending.settled();
    this.#services.onRelease();
  }
}

function byTenant(ready: readonly Ready[]): Ready[][] {
  const first = ready[0]?.pending.delivery;
  if (first === undefined) return [];
  const same = ({ pending: { delivery } }: Ready) =>
    delivery.tenant === first.tenant && delivery.environmentId === first.environmentId;
  if (ready.every(same)) return [[...ready]];
  const groups = new Map<string, Ready[]>();
  for (const one of ready) {
    const group = groups.get(one.pending.delivery.tenant);
    if (group === undefined) groups.set(one.pending.delivery.tenant, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function outbound({ pending: { delivery }, content }: Ready): OutboundMessage {
  return {
    id: delivery.id,
    attempt: delivery.attempts + 1,
    idempotencyKey: delivery.id,
    channel: delivery.channel,
    lane: delivery.lane,
    tenant: delivery.tenant === "" ? undefined : delivery.tenant,
    to: delivery.to,
    content,
    createdAt: delivery.createdAt,
  };
}
