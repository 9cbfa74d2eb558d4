import type { Lane } from "@tidings/contract/words";
import type { Config } from "../config.ts";
import type { RunawayReason } from "../domain/descent.ts";
import type { FetchAnswer } from "../domain/fetch-result.ts";
import type { StepKind } from "../domain/steps/step-kind.ts";
import type { VisitKind, VisitResult } from "../domain/visit.ts";
import type { WebhookAnswer } from "../domain/webhook.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { DeliverObserver } from "../pipeline/deliver/ports.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  AwaitedEvents,
  Configuration,
  IntegrationConfiguration,
  LookBack,
  TemplateParts,
} from "../ports/configuration.ts";
import type { DataSchemas } from "../ports/data-schemas.ts";
import type { Ids } from "../ports/ids.ts";
import type { Limiter } from "../ports/limiter.ts";
import type { PausesInForce } from "../ports/pauses.ts";
import type { OutboundHttp, Provider } from "../ports/provider.ts";
import type { OpenTopics } from "../ports/queue.ts";
import type { Random } from "../ports/random.ts";
import type { RequestTemplates } from "../ports/request-templates.ts";
import type { Store } from "../ports/store/store.ts";
import type { WebhookDeliveryRow, WebhookDisabledReason } from "../ports/store/webhooks.ts";
import type { TemplateEngine } from "../ports/template-engine.ts";
import type { Tenants } from "../ports/tenants.ts";
import type { Tracer } from "../ports/tracer.ts";
import type { Broker } from "../queue/broker/broker.ts";
import type { PublishedRows } from "../store/postgres/published.ts";

/** What the stages are made from; the simulation gives its own clock, randomness and providers, and nothing else differs. */
export interface PipelineParts {
  config: Config;
  store: Store;
  configuration: Configuration & LookBack & AwaitedEvents & TemplateParts & PausesInForce;
  tenants: Tenants;
  dataSchemas: DataSchemas;
  keyring: Keyring;
  clock: Clock;
  random: Random;
  ids: Ids;
  limiter: Limiter;
  templates: TemplateEngine;
  requests: RequestTemplates;
  http: OutboundHttp;
  steps: ReadonlyMap<string, StepKind>;
  providerOf: (integration: IntegrationConfiguration) => Provider | undefined;
  /** Which addresses are of a provider's own kind; undefined where all are. */
  servesOf: (provider: string) => ((to: string) => boolean) | undefined;
  /** Name of this process while it lives. */
  node: string;
  /** Where other processes are told of work; undefined where there are none. */
  broadcast: Broadcast | undefined;
  /** Which topics have something due in the store; undefined where a look for each costs next to nothing. */
  openTopics: OpenTopics | undefined;
  /** What carries work to them; undefined where they find it in the store. */
  broker: Broker | undefined;
  /** What a broker carries, as rows; undefined where there can be none. */
  published: Pick<PublishedRows, "giveUp"> | undefined;
  /** Undefined where nothing is traced. */
  tracer: Tracer | undefined;
  observer: PipelineObserver;
}

export interface PipelineObserver extends DeliverObserver {
  onDurable(lane: Lane, events: number, tookMs: number): void;
  onOrchestrated(lane: Lane, waitedMs: number): void;
  /** A call to an endpoint has ended; `dead`: its delivery was given up. */
  onWebhookCalled(delivery: WebhookDeliveryRow, answer: WebhookAnswer, dead: boolean, tookMs: number): void;
  onWebhookDisabled(webhookId: string, reason: WebhookDisabledReason): void;
  /** Workflows have started each other without end: something was not sent for that reason. */
  onRunaway(environmentId: number, root: string, reason: RunawayReason): void;
  /** What became of opens and clicks of tracked mail. */
  onVisits(kind: VisitKind, result: VisitResult, count: number): void;
  /** A try of a fetch step has ended. */
  onFetched(runId: string, step: string, answer: FetchAnswer, tookMs: number): void;
}
