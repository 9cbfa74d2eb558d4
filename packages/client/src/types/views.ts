/** What calls take and give, of nouns that have much of it. */
export type { CampaignProgress, CampaignState, CampaignView, Spread } from "@tidings/contract/campaigns";
export type { HistoryView } from "@tidings/contract/histories";
export type { IntegrationBody } from "@tidings/contract/integrations";
export type { LayoutBody } from "@tidings/contract/layouts";
export type { Health, Readiness } from "@tidings/contract/machines";
export type { PartialBody } from "@tidings/contract/partials";
export type { PauseKind, PauseView } from "@tidings/contract/pauses";
export type { Preview } from "@tidings/contract/previews";
export type { QueueList, QueueView } from "@tidings/contract/queues";
export type { Finding, Findings, MailSender, MailSenders, ProbeView } from "@tidings/contract/readiness";
export type { ReplayPreview, ReplayProgress, ReplayState, ReplayView } from "@tidings/contract/replays";
export type { SegmentBody, SegmentCondition, SegmentCount } from "@tidings/contract/segments";
export type { SourceBody } from "@tidings/contract/sources";
export type {
  StatisticCounts,
  StatisticFigures,
  StatisticGroup,
  StatisticPoint,
  Statistics as StatisticsView,
} from "@tidings/contract/statistics";
export type { SubscribedTopic, SubscriptionView, TopicView } from "@tidings/contract/topics";
export type {
  NewWebhook,
  WebhookBody,
  WebhookDeliveryView,
  WebhookSecretView,
  WebhookType,
  WebhookView,
} from "@tidings/contract/webhooks";
export type { WorkerList, WorkerView } from "@tidings/contract/workers";
export type { CampaignInput } from "../resources/campaigns.ts";
export type { PausedTenant, PauseInput } from "../resources/pauses.ts";
export type { ReplayInput, ReplaySelection } from "../resources/replays.ts";
export type { StatisticsInput } from "../resources/statistics.ts";
export type { SuppressionInput, SuppressionQuery, SuppressionView } from "../resources/suppressions.ts";
export type { PreviewInput } from "../resources/templates.ts";
export type { TopicInput } from "../resources/topics.ts";
export type { HistoryInput } from "../resources/workflows.ts";
