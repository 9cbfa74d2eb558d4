import { addressGroup } from "../../domain/address-group.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { OutboundMessage, Outcome, Provider } from "../../ports/provider.ts";
import type { RequestTrace } from "../../ports/tracer.ts";
import { callProvider } from "./call.ts";
import type { Health } from "./health.ts";
import type { OptOutLinks } from "./opt-out-links.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Group, Ready } from "./place.ts";
import type { DeliverDependencies } from "./ports.ts";
import { beginSends } from "./send-spans.ts";

const leaseTooShort: Outcome = { status: "rejected", kind: "transient", code: "lease_too_short", scope: "message" };

interface CallerParts {
  on: DeliverDependencies;
  outcomes: Outcomes;
  optOutLinks: OptOutLinks;
  health: Health;
}

/** Makes the calls of one integration, each once, for messages that are STARTED, and records what became of them. */
export class Caller {
  readonly #on: DeliverDependencies;
  readonly #outcomes: Outcomes;
  readonly #links: OptOutLinks;
  readonly #health: Health;
  readonly #integration: IntegrationConfiguration;
  readonly #provider: Provider;

  constructor(
    { on, outcomes, optOutLinks, health }: CallerParts,
    integration: IntegrationConfiguration,
    provider: Provider,
  ) {
    this.#on = on;
    this.#outcomes = outcomes;
    this.#links = optOutLinks;
    this.#health = health;
    this.#integration = integration;
    this.#provider = provider;
  }

  /** Resolves when the outcomes are recorded. */
  async call(group: Group): Promise<void> {
    const { clock, observer } = this.#on;
    const startedAt = clock.monotonic();
    const now = clock.now();
    const { ready } = group;
    for (const { pending } of ready)
      observer.onStarted(pending.delivery, this.#integration, now - pending.delivery.createdAt);
    const spans = this.#on.tracer === undefined ? undefined : beginSends(this.#on.tracer, ready, this.#integration);
    const leaseLeftMs = group.leaseMs - (startedAt - group.leaseFrom);
    // With less lease left than the call may take, another could repeat it while it is under way: it is not made.
    const outcomes =
      leaseLeftMs < group.timeoutMs ? ready.map(() => leaseTooShort) : await this.#callWatched(group, spans?.request);
    const tookMs = clock.monotonic() - startedAt;
    for (let index = 0; index < ready.length; index += 1) {
      const one = ready[index];
      const outcome = outcomes[index];
      if (outcome !== undefined) spans?.end(index, outcome);
      if (one !== undefined && outcome !== undefined)
        observer.onOutcome(one.pending.delivery, this.#integration, outcome, tookMs);
    }
    await this.#record(ready, outcomes);
  }

  async #callWatched({ ready, start, timeoutMs }: Group, trace: RequestTrace | undefined): Promise<readonly Outcome[]> {
    const watched = this.#health.begin(this.#integration, this.#provider.destination !== undefined);
    const outcomes = await callProvider(
      this.#provider,
      ready.map((one) => outbound(one, this.#links)),
      { callId: start.callId, timeoutMs, clock: this.#on.clock, trace },
      // What comes late is evidence; Outcomes tells of a store that does not take it.
      (late) => void this.#record(ready, late),
    );
    const groupOf = (index: number): string => {
      const delivery = ready[index]?.pending.delivery;
      return delivery === undefined ? "" : addressGroup(delivery.origin.channel, delivery.to);
    };
    this.#health.end(watched, outcomes, groupOf);
    return outcomes;
  }

  #record(ready: readonly Ready[], outcomes: readonly Outcome[]): Promise<void> {
    const attempt = (delivery: Delivery) => ({
      number: delivery.attempts + 1,
      integration: this.#integration,
      idempotent: this.#provider.idempotent,
    });
    return this.#outcomes.record(
      ready.map(({ pending: { delivery } }, index) => ({
        delivery,
        attempt: attempt(delivery),
        outcome: outcomes[index] ?? { status: "unknown", code: "no_outcome" },
      })),
    );
  }
}

function outbound({ pending: { delivery }, content }: Ready, links: OptOutLinks): OutboundMessage {
  const { channel, lane, tenant, category } = delivery.origin;
  return {
    id: delivery.id,
    attempt: delivery.attempts + 1,
    idempotencyKey: delivery.id,
    channel,
    lane,
    tenant: tenant === "" ? undefined : tenant,
    recipient: delivery.recipient.id,
    category,
    to: delivery.to,
    addressKnownSince: delivery.addressKnownSince,
    content,
    createdAt: delivery.createdAt,
    expiresAt: delivery.expiresAt,
    unsubscribeUrl: links.headerOf(delivery),
  };
}
