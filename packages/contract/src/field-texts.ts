import { campaignsTexts } from "./texts/campaigns.ts";
import { commonTexts } from "./texts/common.ts";
import { configurationTexts } from "./texts/configuration.ts";
import { dryRunTexts } from "./texts/dry-runs.ts";
import { eventsTexts } from "./texts/events.ts";
import { inboxTexts } from "./texts/inbox.ts";
import { integrationTexts } from "./texts/integrations.ts";
import { messagesTexts } from "./texts/messages.ts";
import { operationTexts } from "./texts/operation.ts";
import { pausesTexts } from "./texts/pauses.ts";
import { policyTexts } from "./texts/policy.ts";
import { queuesTexts } from "./texts/queues.ts";
import { readinessTexts } from "./texts/readiness.ts";
import { recipientsTexts } from "./texts/recipients.ts";
import { replaysTexts } from "./texts/replays.ts";
import { segmentsTexts } from "./texts/segments.ts";
import { sourceTexts } from "./texts/sources.ts";
import { statisticsTexts } from "./texts/statistics.ts";
import { suppressionTexts } from "./texts/suppressions.ts";
import { timingTexts } from "./texts/timing.ts";
import { topicsTexts } from "./texts/topics.ts";
import { webhookTexts } from "./texts/webhooks.ts";

/**
 * What each field of the API is, as openapi.json and the reference say it. A name is that of the schema and the path in
 * it; `*` stands for every schema. Of a union's parts each is named by its `type`: `Step.delay.seconds`. A parameter is
 * named by its operation, or by its route's tag.
 */
export const fieldTexts: Readonly<Record<string, string>> = {
  ...commonTexts,
  ...eventsTexts,
  ...dryRunTexts,
  ...messagesTexts,
  ...recipientsTexts,
  ...topicsTexts,
  ...segmentsTexts,
  ...campaignsTexts,
  ...replaysTexts,
  ...configurationTexts,
  ...integrationTexts,
  ...sourceTexts,
  ...operationTexts,
  ...policyTexts,
  ...timingTexts,
  ...queuesTexts,
  ...pausesTexts,
  ...readinessTexts,
  ...statisticsTexts,
  ...webhookTexts,
  ...suppressionTexts,
  ...inboxTexts,
};

/** Schemas that take the texts of another where they have none of their own. */
const like: Readonly<Record<string, string>> = {
  BatchEvent: "EventBody",
  InlineRecipient: "RecipientBody",
  Recipient: "RecipientBody",
  Suppression: "NewSuppression",
  ImportSuppressionsAnswer: "AddSuppressionsAnswer",
  CreateApiKeyAnswer: "ApiKey",
  InboxStand: "InboxCounts",
  CreateWebhookAnswer: "CreateWebhookBody",
  GetWebhookAnswer: "CreateWebhookAnswer",
  StatisticPoint: "StatisticFigures",
  StatisticGroup: "StatisticFigures",
  StatisticTotal: "StatisticFigures",
  PutWebhookBody: "CreateWebhookBody",
};

/**
 * The text of a field: of its place, else of that in a schema that this one is like, else of its name. What is different in
 * a language has the fields of the whole.
 */
export function fieldText(schema: string, path: string): string | undefined {
  const place = path.replace(/^locales\{\}\./, "");
  const last = place.slice(place.lastIndexOf(".") + 1);
  for (let name: string | undefined = schema; name !== undefined; name = like[name]) {
    const own = fieldTexts[`${name}.${path}`] ?? fieldTexts[`${name}.${place}`];
    if (own !== undefined) return own;
  }
  return fieldTexts[`${schema}.${last}`] ?? fieldTexts[`*.${last}`];
}
