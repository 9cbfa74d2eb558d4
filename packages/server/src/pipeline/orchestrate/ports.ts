import type { InlineRecipient } from "@tidings/contract/recipients";
import type { Delivery } from "../../domain/delivery.ts";
import type { RunawayReason } from "../../domain/descent.ts";
import type { EventPayload } from "../../domain/event-payload.ts";
import type { FetchAnswer } from "../../domain/fetch-result.ts";
import type { RecipientSealer } from "../../domain/recipient-write.ts";
import type { StepKind } from "../../domain/steps/step-kind.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AwaitedEvents, Configuration, LookBack } from "../../ports/configuration.ts";
import type { DataSchemas } from "../../ports/data-schemas.ts";
import type { Ids } from "../../ports/ids.ts";
import type { OutboundHttp } from "../../ports/provider.ts";
import type { Queue } from "../../ports/queue.ts";
import type { Random } from "../../ports/random.ts";
import type { RequestTemplates } from "../../ports/request-templates.ts";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { EventRecord, OrchestrateStore } from "../../ports/store/orchestrate.ts";
import type { RecentStore } from "../../ports/store/recent.ts";
import type { ReplayStore } from "../../ports/store/replays.ts";
import type { SegmentStore } from "../../ports/store/segments.ts";
import type { AudienceStore } from "../../ports/store/topics.ts";
import type { WaitStore } from "../../ports/store/waits.ts";
import type { WebhookStore } from "../../ports/store/webhooks.ts";
import type { Tenants } from "../../ports/tenants.ts";
import type { Tracer } from "../../ports/tracer.ts";
import type { OrchestrateLimits } from "./limits.ts";
import type { TurnPage } from "./turn-page.ts";

/** An accepted event, opened. */
export interface EventWork {
  record: EventRecord;
  payload: EventPayload;
  inline: readonly InlineRecipient[];
  /** The recipients of its next turn, where they are of a topic and had to be read. */
  page?: TurnPage;
  /** The same, while they are still being read. */
  ahead?: Promise<TurnPage>;
}

/** Opens and seals fields, and hashes with an environment's key. */
export interface OrchestrateKeyring extends RecipientSealer {
  unsealForEnvironment(environmentId: number, context: string, sealed: string): string;
  unsealForRecipient(wrappedKey: string, context: string, sealed: string): string;
  sealForEnvironment(environmentId: number, context: string, text: string): string;
}

/** Places for messages under way, of which deliver has a bounded number. */
export interface Places {
  /** Takes one for each message that can go out at once. Gives what was taken; it must be begun or given up. */
  take(deliveries: readonly Delivery[]): PlaceHold;
}

/** Messages that wait for one integration. */
export interface Crowd {
  /** There are more of them than should be added to. */
  readonly crowded: boolean;
}

export interface PlaceHold {
  /** Along the messages: the call that will carry each; null for those that have to wait in their queue. */
  readonly calls: readonly (CallStart | null)[];
  /** Along the messages: where each has to wait; null for those that have a place. */
  readonly crowds: readonly (Crowd | null)[];
  /** They were committed as STARTED, all but those in `stay`: their calls are made. */
  begin(stay: ReadonlySet<string>): void;
  /** Nothing was committed. */
  giveUp(): void;
}

export interface OrchestrateDependencies {
  store: OrchestrateStore &
    WaitStore &
    AudienceStore &
    SegmentStore &
    RecentStore &
    Pick<ReplayStore, "pastEvents" | "pastEventsById"> &
    Pick<WebhookStore, "hookedEnvironments">;
  configuration: Configuration;
  /** Which environments have a workflow that looks back: their messages are marked. */
  lookBack: LookBack;
  /** Which events runs wait for: others leave no trace of having come. */
  awaited: AwaitedEvents;
  tenants: Tenants;
  keyring: OrchestrateKeyring;
  clock: Clock;
  ids: Ids;
  queue: Queue;
  random: Random;
  steps: ReadonlyMap<string, StepKind>;
  /** Whether a past event's data is still what a workflow takes. */
  dataSchemas: Pick<DataSchemas, "dataFaults">;
  /** How fetch steps reach the outside. */
  http: OutboundHttp;
  requests: RequestTemplates;
  /** Undefined where nothing is traced. */
  tracer: Tracer | undefined;
  limits: OrchestrateLimits;
  /** An event that ingest has just opened, if it is still in memory. */
  takeEvent: (id: string) => EventWork | undefined;
  /** Of the deliver stage, where it runs in this process. */
  places: Places | undefined;
  /** Messages just committed, for deliver. */
  handOver: (delivery: Delivery) => void;
  onFault: (where: string, id: string, error: unknown) => void;
  /** A try of a fetch step has ended. */
  onFetched: (runId: string, step: string, answer: FetchAnswer, tookMs: number) => void;
  /** Workflows have started each other without end: something was not sent for that reason. */
  onRunaway: (environmentId: number, root: string, reason: RunawayReason) => void;
  onCommitted: (lane: EventRecord["lane"], events: number, waitedMs: number) => void;
}
