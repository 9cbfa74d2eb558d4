import type { DayReason } from "@tidings/contract/allowances";
import type { Lane } from "@tidings/contract/words";
import type { Delivery } from "../../domain/delivery.ts";
import type { MessageOrigin } from "../../domain/message.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Configuration, IntegrationConfiguration, TemplateParts } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Limiter } from "../../ports/limiter.ts";
import type { PausesInForce } from "../../ports/pauses.ts";
import type { Outcome, Provider } from "../../ports/provider.ts";
import type { Queue } from "../../ports/queue.ts";
import type { Random } from "../../ports/random.ts";
import type { AllowanceStore } from "../../ports/store/allowances.ts";
import type { DeliverStore } from "../../ports/store/deliver.ts";
import type { PauseStore } from "../../ports/store/pauses.ts";
import type { TemplateEngine } from "../../ports/template-engine.ts";
import type { Tenants } from "../../ports/tenants.ts";
import type { Tracer } from "../../ports/tracer.ts";
import type { HealthLimits, HealthObserver } from "./health-ports.ts";
import type { OptOutLinkSettings } from "./opt-out-links.ts";
import type { TollLimits, TollObserver } from "./tolls.ts";

export interface DeliverLimits {
  /** Messages between STARTED and their recorded outcome, in this process. */
  maxInFlight: number;
  /** The same for one integration, where its configuration does not say. */
  maxInFlightPerIntegration: number;
  maxInFlightPerDestination: number;
  /** Calls of one batching integration at once. */
  callsPerIntegration: number;
  /** Messages that wait in memory for one integration, and for one destination of it. */
  bufferPerIntegration: number;
  bufferPerDestination: number;
  /** Put off for at least this long where a buffer is full; doubles up to the other. */
  overflowDelayMs: number;
  overflowDelayMaxMs: number;
  timeoutMs: number;
  /** The lease outlives the call's time-out by this. */
  leaseMarginMs: number;
  /** Attempts, or outcomes, in one store call. */
  batchMax: number;
  /** Items that one handler call takes from the queue. */
  handlerBatchMax: number;
  /** Items of one topic in memory; the buffers of a topic's integrations share this room. */
  topicItemsMax: number;
  compiledTemplatesMax: number;
  /** Messages that one transaction makes due when a pause ends. */
  releasedPerCallMax: number;
  health: HealthLimits;
  tolls: TollLimits;
  /** What waits for the next day goes out within so long behind its beginning. */
  daySpreadMs: number;
  /** Failing templates that are remembered, so that each signals once. */
  failingTemplatesMax: number;
}

/** What became of an attempt, for metrics. */
export interface DeliverObserver extends HealthObserver, TollObserver {
  /** A call is about to be made for a message that was made `sinceCreatedMs` ago. */
  onStarted(delivery: Delivery, integration: IntegrationConfiguration, sinceCreatedMs: number): void;
  onOutcome(delivery: Delivery, integration: IntegrationConfiguration, outcome: Outcome, tookMs: number): void;
  /** STARTED was refused: the message ends here. */
  onHeldBack(delivery: Delivery, integration: IntegrationConfiguration, status: "suppressed" | "expired"): void;
  /** A message was put off as a buffer was full. */
  onOverflow(lane: Lane): void;
  /** A message goes to the dead letters, as its template fails. `isFirst` of its version: others only count. */
  onTemplateFailure(origin: MessageOrigin, detail: string, isFirst: boolean): void;
  /** A message waits for the next day, or expires as it cannot. */
  onPutOffToNextDay(delivery: Delivery, reason: DayReason): void;
  onFault(where: string, id: string, error: unknown): void;
}

export interface DeliverKeyring {
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
  unsealForRecipient(wrappedKey: string, context: string, sealed: string): string;
  hash(environmentId: number, ...parts: string[]): string;
  sign(environmentId: number, purpose: string, text: string): Buffer;
}

export interface DeliverDependencies {
  store: DeliverStore &
    Pick<AllowanceStore, "takeAllowance" | "returnAllowance" | "allowancesOf" | "bounceSums"> &
    Pick<PauseStore, "holdMessages" | "releaseHeld">;
  configuration: Configuration & TemplateParts & PausesInForce;
  tenants: Tenants;
  keyring: DeliverKeyring;
  clock: Clock;
  random: Random;
  ids: Ids;
  queue: Queue;
  limiter: Limiter;
  templates: TemplateEngine;
  /** Provider of an integration; undefined where its settings cannot be used, which was logged. */
  providerOf: (integration: IntegrationConfiguration) => Provider | undefined;
  /** Which addresses are of a provider's own kind; undefined where all are. */
  servesOf: (provider: string) => ((to: string) => boolean) | undefined;
  /** A message that orchestrate has just opened, if it is still in memory. */
  takeDelivery: (id: string) => Delivery | undefined;
  /** Name of this process while it lives; another one's attempts are known to be lost. */
  node: string;
  /** Undefined where nothing is traced. */
  tracer: Tracer | undefined;
  /** Links by which recipients say no. */
  optOut: OptOutLinkSettings;
  limits: DeliverLimits;
  observer: DeliverObserver;
}
