/** What calls take and give, of nouns that have much of it. */
export type { CampaignProgress, CampaignState, CampaignView, Spread } from "@tidings/contract/campaigns";
export type { HistoryView } from "@tidings/contract/histories";
export type { ReplayPreview, ReplayProgress, ReplayState, ReplayView } from "@tidings/contract/replays";
export type { SegmentBody, SegmentCondition, SegmentCount } from "@tidings/contract/segments";
export type { SubscribedTopic, SubscriptionView, TopicView } from "@tidings/contract/topics";
export type {
  NewWebhook,
  WebhookBody,
  WebhookDeliveryView,
  WebhookSecretView,
  WebhookType,
  WebhookView,
} from "@tidings/contract/webhooks";
export type { CampaignInput } from "../resources/campaigns.ts";
export type { ReplayInput, ReplaySelection } from "../resources/replays.ts";
export type { TopicInput } from "../resources/topics.ts";
export type { HistoryInput } from "../resources/workflows.ts";
