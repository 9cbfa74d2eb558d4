import type { AllowanceStore } from "./allowances.ts";
import type { AttentionStore } from "./attention.ts";
import type { CampaignStore } from "./campaigns.ts";
import type { ChoicesStore } from "./choices.ts";
import type { ConfigurationStore } from "./configuration.ts";
import type { DecisionStore } from "./decisions.ts";
import type { DeliverStore } from "./deliver.ts";
import type { DryRunStore } from "./dry-run.ts";
import type { FeedbackStore } from "./feedback.ts";
import type { InboundMailStore } from "./inbound-mail.ts";
import type { InboxStore } from "./inbox.ts";
import type { IngestStore } from "./ingest.ts";
import type { KeyStore } from "./keys.ts";
import type { KeywordStore } from "./keywords.ts";
import type { LogStore } from "./log.ts";
import type { MaintenanceStore } from "./maintenance.ts";
import type { OrchestrateStore } from "./orchestrate.ts";
import type { PauseStore } from "./pauses.ts";
import type { ProbeStore } from "./probes.ts";
import type { RecentStore } from "./recent.ts";
import type { RecipientStore } from "./recipients.ts";
import type { ReplayStore } from "./replays.ts";
import type { SegmentStore } from "./segments.ts";
import type { SourceLetterStore } from "./source-letters.ts";
import type { StatisticStore } from "./statistics.ts";
import type { SuppressionStore } from "./suppressions.ts";
import type { TenantStore } from "./tenants.ts";
import type { AudienceStore, TopicStore } from "./topics.ts";
import type { WaitStore } from "./waits.ts";
import type { WebhookStore } from "./webhooks.ts";

/**
 * All that the stages and the API ask of a store. Every call is one transaction: its promise resolves once what it
 * wrote is durable, and rejects with nothing written. Reads see all that was resolved before them, but for the few that an
 * engine answers from a replica where it was given one: what they see is of some moment of the latest seconds.
 */
export interface StoreCalls
  extends IngestStore,
    OrchestrateStore,
    WaitStore,
    DeliverStore,
    PauseStore,
    FeedbackStore,
    InboundMailStore,
    ConfigurationStore,
    TenantStore,
    TopicStore,
    AudienceStore,
    SegmentStore,
    CampaignStore,
    ReplayStore,
    KeyStore,
    RecipientStore,
    RecentStore,
    ChoicesStore,
    SuppressionStore,
    AttentionStore,
    KeywordStore,
    InboxStore,
    LogStore,
    SourceLetterStore,
    DecisionStore,
    DryRunStore,
    MaintenanceStore,
    AllowanceStore,
    ProbeStore,
    StatisticStore,
    WebhookStore {}

export interface Store extends StoreCalls {
  /** Ends after what is under way is durable. Safe to call twice. */
  close(): Promise<void>;
}
