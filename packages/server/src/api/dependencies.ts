import type { Readiness } from "@tidings/contract/machines";
import type { Visit, VisitKind } from "../domain/visit.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock } from "../ports/clock.ts";
import type { DryRuns } from "../ports/dry-run.ts";
import type { Histories } from "../ports/histories.ts";
import type { Ids } from "../ports/ids.ts";
import type { Feedback, FeedbackRequest, FeedbackResult, Mailbox } from "../ports/provider.ts";
import type { Random } from "../ports/random.ts";
import type { ReplayPreviews } from "../ports/replays.ts";
import type { SourceReplaysPort } from "../ports/source-replays.ts";
import type { AllowanceStore } from "../ports/store/allowances.ts";
import type { CampaignStore } from "../ports/store/campaigns.ts";
import type { ChoicesStore } from "../ports/store/choices.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { DecisionStore } from "../ports/store/decisions.ts";
import type { FeedbackStore } from "../ports/store/feedback.ts";
import type { InboundMailStore } from "../ports/store/inbound-mail.ts";
import type { InboxStore } from "../ports/store/inbox.ts";
import type { IngestStore } from "../ports/store/ingest.ts";
import type { KeyStore } from "../ports/store/keys.ts";
import type { KeywordStore } from "../ports/store/keywords.ts";
import type { LogStore } from "../ports/store/log.ts";
import type { MaintenanceStore } from "../ports/store/maintenance.ts";
import type { OrchestrateStore } from "../ports/store/orchestrate.ts";
import type { PauseStore } from "../ports/store/pauses.ts";
import type { ProbeStore } from "../ports/store/probes.ts";
import type { RecipientStore } from "../ports/store/recipients.ts";
import type { ReplayStore } from "../ports/store/replays.ts";
import type { SegmentStore } from "../ports/store/segments.ts";
import type { SourceLetterStore } from "../ports/store/source-letters.ts";
import type { StatisticStore } from "../ports/store/statistics.ts";
import type { SuppressionStore } from "../ports/store/suppressions.ts";
import type { TenantStore } from "../ports/store/tenants.ts";
import type { TopicStore } from "../ports/store/topics.ts";
import type { WebhookStore } from "../ports/store/webhooks.ts";
import type { TemplatePreviewer, TemplateRules } from "../ports/template-engine.ts";
import type { Tracer } from "../ports/tracer.ts";
import type { Workers } from "../ports/workers.ts";
import type { ApiKeyring } from "./api-keyring.ts";
import type { ConfigurationWriter } from "./configuration-writer.ts";
import type { InboxSettings } from "./inbox/settings.ts";
import type { IngestPort } from "./ingest-port.ts";
import type { ApiLimits } from "./limits.ts";
import type { OptOutSettings } from "./opt-out/settings.ts";
import type { StandingPort } from "./standing-port.ts";

/** What the API asks about configuration. */
export interface ConfigurationPort {
  store: Pick<ConfigurationStore, "getConfiguration" | "listConfiguration" | "listConfigurationVersions">;
  writer: Pick<ConfigurationWriter, "put" | "delete" | "rollback" | "check" | "apply">;
}

/** As pino has it. */
export interface ApiLogger {
  error(fields: object, message: string): void;
}

/** How long sums are kept how finely, and how many rows of them an answer is made of: so many parts of so many. */
export interface StatisticSettings {
  minutesKeptHours: number;
  hoursKeptDays: number;
  partRowsMax: number;
  partsMax: number;
}

export interface ApiDependencies {
  ingest: IngestPort;
  /** The feedback stage: takes what was verified, gives how many were taken. */
  feedback: { report(environmentId: number, feedback: readonly Feedback[]): Promise<number> };
  /** Opens and clicks of tracked mail: taken at once, and recorded where that can be done. */
  visits: { record(visit: Visit): void; passOver(kind: VisitKind): void };
  /** Verifies what came for an integration; undefined where there is none that takes feedback. */
  verifyFeedback: (
    environmentId: number,
    integration: string,
    request: FeedbackRequest,
  ) => Promise<FeedbackResult | undefined>;
  /** Whether the vendor of that name answers STOP, HELP and START by itself. */
  answersKeywords: (provider: string) => boolean;
  configuration: ConfigurationPort;
  /** Resolves when all that was committed before is in force in this process. */
  refresh: () => Promise<void>;
  templates: TemplatePreviewer & Pick<TemplateRules, "templateFaults">;
  store: KeyStore &
    RecipientStore &
    ChoicesStore &
    Pick<OrchestrateStore, "loadRecipients"> &
    SuppressionStore &
    SegmentStore &
    CampaignStore &
    ReplayStore &
    Pick<IngestStore, "cancelEvents"> &
    Pick<ConfigurationStore, "getConfiguration"> &
    KeywordStore &
    Pick<FeedbackStore, "claimOnce"> &
    Pick<InboundMailStore, "listDmarcSources" | "listUnreadableMails"> &
    LogStore &
    Pick<SourceLetterStore, "findSourceLetters" | "loadSourceLetter"> &
    DecisionStore &
    TenantStore &
    TopicStore &
    InboxStore &
    WebhookStore &
    Pick<AllowanceStore, "allowancesOf" | "bounceSums"> &
    PauseStore &
    Pick<ProbeStore, "listProbes"> &
    Pick<StatisticStore, "sumStatistics"> &
    Pick<MaintenanceStore, "queueDepths" | "recentSums">;
  dryRun: DryRuns;
  replayPreviews: ReplayPreviews;
  histories: Histories;
  sourceReplays: SourceReplaysPort;
  workers: Workers;
  standing: StandingPort;
  keyring: ApiKeyring;
  clock: Clock;
  ids: Ids;
  random: Random;
  broadcast: Pick<Broadcast, "publish" | "subscribe">;
  readiness: () => Promise<Readiness["checks"]>;
  metrics: () => Promise<{ contentType: string; text: string }>;
  mailbox: Pick<Mailbox, "list" | "find">;
  /** Whether the token opens the sandbox mailbox of the environment, compared in constant time. */
  mailboxToken: (environment: string, token: string) => boolean;
  logger: ApiLogger;
  limits: ApiLimits;
  inbox: InboxSettings;
  statistics: StatisticSettings;
  optOut: OptOutSettings;
  /** Undefined where nothing is traced. */
  tracer: Tracer | undefined;
  /** Version that the OpenAPI document tells. */
  version: string;
  /** Told of every answer, for metrics; `operation` is the route's, or "none". */
  observe?: (operation: string, statusCode: number, durationMs: number) => void;
}
