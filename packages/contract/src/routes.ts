import { allowancesQuerySchema, allowancesSchema } from "./allowances.ts";
import { apiKeyBodySchema, apiKeySchema, newApiKeySchema } from "./api-keys.ts";
import { campaignRoutes } from "./campaign-routes.ts";
import { categoryBodySchema } from "./categories.ts";
import {
  configurationAppliedSchema,
  configurationCheckSchema,
  configurationSetSchema,
  environmentsSchema,
} from "./configuration.ts";
import { configurationRoutes } from "./configuration-routes.ts";
import { deadLetterReplayBodySchema, deadLetterSchema, replayedSchema } from "./dead-letters.ts";
import { dryRunBodySchema, dryRunSchema } from "./dry-runs.ts";
import { eventRoutes } from "./event-routes.ts";
import { acceptedSchema } from "./events.ts";
import { historyBodySchema, historySchema } from "./histories.ts";
import {
  inboxChangedSchema,
  inboxChangesQuerySchema,
  inboxChangesSchema,
  inboxItemSchema,
  inboxPageSchema,
  inboxQuerySchema,
  inboxSelectionSchema,
  inboxStandSchema,
  inboxStreamQuerySchema,
} from "./inbox.ts";
import { inboxTokenBodySchema, inboxTokenSchema } from "./inbox-tokens.ts";
import { integrationBodySchema } from "./integrations.ts";
import { layoutBodySchema } from "./layouts.ts";
import { feedbackQuerySchema, feedbackSchema, healthSchema, readinessSchema } from "./machines.ts";
import { messageBodySchema, messageQuerySchema, messageSchema } from "./messages.ts";
import { pageOf, pageQuerySchema } from "./pages.ts";
import { partialBodySchema } from "./partials.ts";
import { pauseRoutes } from "./pause-routes.ts";
import { policyBodySchema } from "./policies.ts";
import { previewBodySchema, previewSchema } from "./previews.ts";
import { queuesSchema } from "./queues.ts";
import { readinessRoutes } from "./readiness-routes.ts";
import { recipientRoutes } from "./recipient-routes.ts";
import type { Route } from "./route.ts";
import { segmentRoutes } from "./segment-routes.ts";
import { sourceBodySchema } from "./sources.ts";
import { statisticsQuerySchema, statisticsSchema } from "./statistics.ts";
import { suppressionRoutes } from "./suppression-routes.ts";
import { templateBodySchema } from "./templates.ts";
import { tenantBodySchema, tenantViewSchema } from "./tenants.ts";
import {
  subscribedSchema,
  subscribedTopicSchema,
  subscribersBodySchema,
  subscriptionSchema,
  subscriptionsQuerySchema,
  topicBodySchema,
  topicSchema,
  unsubscribedSchema,
} from "./topics.ts";
import { webhookRoutes } from "./webhook-routes.ts";
import { workersSchema } from "./workers.ts";
import { workflowBodySchema } from "./workflows.ts";

const visited = { open: true, token: "recipient" } as const;

const idempotencyHeader = { "Idempotency-Key": "Makes a repeated call answer what the first one did, for 24 hours" };

// biome-ignore format: one route per line is what lets this be read as a table
export const routes: readonly Route[] = [
  ...eventRoutes,
  { method: "POST", path: "/v1/messages", operation: "sendMessage", summary: "Send one message without a workflow", tag: "messages", body: messageBodySchema, headers: idempotencyHeader, status: 202, response: acceptedSchema },
  { method: "GET", path: "/v1/messages", operation: "listMessages", summary: "List messages, newest first", tag: "messages", query: messageQuerySchema, status: 200, response: pageOf(messageSchema) },
  { method: "GET", path: "/v1/messages/{id}", operation: "getMessage", summary: "A message's time line", tag: "messages", status: 200, response: messageSchema },
  ...recipientRoutes,
  { method: "GET", path: "/v1/recipients/{id}/topics", operation: "listRecipientTopics", summary: "List the topics that a recipient is subscribed to", tag: "topics", query: pageQuerySchema, status: 200, response: pageOf(subscribedTopicSchema) },
  { method: "GET", path: "/v1/topics", operation: "listTopics", summary: "List the topics", tag: "topics", query: pageQuerySchema, status: 200, response: pageOf(topicSchema) },
  { method: "PUT", path: "/v1/topics/{key}", operation: "putTopic", summary: "Write a topic", tag: "topics", body: topicBodySchema, status: 200, response: topicSchema },
  { method: "GET", path: "/v1/topics/{key}", operation: "getTopic", summary: "Read a topic, with the number of its subscribers", tag: "topics", status: 200, response: topicSchema },
  { method: "DELETE", path: "/v1/topics/{key}", operation: "deleteTopic", summary: "Delete a topic with its subscriptions", tag: "topics", status: 204 },
  { method: "GET", path: "/v1/topics/{key}/subscriptions", operation: "listSubscriptions", summary: "List a topic's subscribers", tag: "topics", query: subscriptionsQuerySchema, status: 200, response: pageOf(subscriptionSchema) },
  { method: "POST", path: "/v1/topics/{key}/subscriptions", operation: "subscribe", summary: "Subscribe up to 1,000 recipients to a topic", tag: "topics", body: subscribersBodySchema, status: 200, response: subscribedSchema },
  { method: "POST", path: "/v1/topics/{key}/subscriptions/remove", operation: "unsubscribe", summary: "Unsubscribe up to 1,000 recipients from a topic", tag: "topics", body: subscribersBodySchema, status: 200, response: unsubscribedSchema },
  { method: "DELETE", path: "/v1/topics/{key}/subscriptions/{recipient}", operation: "deleteSubscription", summary: "Unsubscribe one recipient from a topic", tag: "topics", status: 204 },
  { method: "POST", path: "/v1/recipients/{id}/tokens", operation: "createInboxToken", summary: "Make a token with which a page reads the recipient's inbox", tag: "inbox", body: inboxTokenBodySchema, status: 201, response: inboxTokenSchema },
  { method: "DELETE", path: "/v1/recipients/{id}/tokens", operation: "revokeInboxTokens", summary: "Revoke all tokens of the recipient that were made so far", tag: "inbox", status: 204 },
  { method: "GET", path: "/v1/inbox", operation: "listInbox", summary: "List the recipient's items, newest first", tag: "inbox", query: inboxQuerySchema, status: 200, response: inboxPageSchema, ...visited },
  { method: "GET", path: "/v1/inbox/counts", operation: "getInboxCounts", summary: "How many items are unseen, and unread", tag: "inbox", status: 200, response: inboxStandSchema, ...visited },
  { method: "GET", path: "/v1/inbox/changes", operation: "listInboxChanges", summary: "What changed since a sequence", tag: "inbox", query: inboxChangesQuerySchema, status: 200, response: inboxChangesSchema, ...visited },
  { method: "POST", path: "/v1/inbox/seen", operation: "markInboxSeen", summary: "Mark items as seen", tag: "inbox", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema, ...visited },
  { method: "POST", path: "/v1/inbox/read", operation: "markInboxRead", summary: "Mark items as read, and so as seen", tag: "inbox", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema, ...visited },
  { method: "POST", path: "/v1/inbox/unread", operation: "markInboxUnread", summary: "Mark items as not read", tag: "inbox", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema, ...visited },
  { method: "POST", path: "/v1/inbox/archive", operation: "archiveInbox", summary: "Archive items", tag: "inbox", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema, ...visited },
  { method: "POST", path: "/v1/inbox/unarchive", operation: "unarchiveInbox", summary: "Bring items back from the archive", tag: "inbox", body: inboxSelectionSchema, status: 200, response: inboxChangedSchema, ...visited },
  { method: "POST", path: "/v1/inbox/{id}/actions/{key}", operation: "takeInboxAction", summary: "Take an action of an item; the first one stands", tag: "inbox", status: 200, response: inboxItemSchema, ...visited },
  { method: "GET", path: "/v1/inbox/events", operation: "watchInboxByEvents", summary: "Changes as server-sent events, each an InboxChange; Last-Event-ID resumes", tag: "inbox", query: inboxStreamQuerySchema, status: 200, ...visited },
  { method: "GET", path: "/v1/inbox/socket", operation: "watchInboxBySocket", summary: "Changes by WebSocket, each an InboxChange", tag: "inbox", query: inboxStreamQuerySchema, status: 101, ...visited },
  ...configurationRoutes("workflow", "workflows", workflowBodySchema),
  { method: "POST", path: "/v1/workflows/{key}/dry-run", operation: "dryRunWorkflow", summary: "What a workflow would do with an event, published or not, without sending anything", tag: "workflows", body: dryRunBodySchema, status: 200, response: dryRunSchema },
  { method: "POST", path: "/v1/workflows/{key}/dry-run/history", operation: "dryRunHistory", summary: "What a change of a workflow would have done with the events of the last days", tag: "workflows", body: historyBodySchema, status: 200, response: historySchema },
  ...configurationRoutes("template", "templates", templateBodySchema),
  { method: "POST", path: "/v1/templates/{key}/preview", operation: "previewTemplate", summary: "Render a template, stored or not, without sending anything", tag: "templates", body: previewBodySchema, status: 200, response: previewSchema },
  ...configurationRoutes("layout", "layouts", layoutBodySchema),
  ...configurationRoutes("partial", "partials", partialBodySchema),
  ...configurationRoutes("category", "categories", categoryBodySchema),
  ...configurationRoutes("integration", "integrations", integrationBodySchema),
  ...configurationRoutes("source", "sources", sourceBodySchema),
  ...configurationRoutes("policy", "policies", policyBodySchema),
  ...segmentRoutes,
  ...campaignRoutes,
  { method: "POST", path: "/v1/configuration/check", operation: "checkConfiguration", summary: "What applying documents together would do, or why it would be refused; writes nothing", tag: "configuration", body: configurationSetSchema, status: 200, response: configurationCheckSchema },
  { method: "POST", path: "/v1/configuration/apply", operation: "applyConfiguration", summary: "Write and delete documents together: all of them, or none", tag: "configuration", body: configurationSetSchema, status: 200, response: configurationAppliedSchema },
  { method: "GET", path: "/v1/environments", operation: "listEnvironments", summary: "List the environments, and name the API key's own", tag: "environments", status: 200, response: environmentsSchema },
  { method: "GET", path: "/v1/tenants", operation: "listTenants", summary: "List the tenants", tag: "tenants", query: pageQuerySchema, status: 200, response: pageOf(tenantViewSchema) },
  { method: "PUT", path: "/v1/tenants/{key}", operation: "putTenant", summary: "Write a tenant: its name and branding", tag: "tenants", body: tenantBodySchema, status: 200, response: tenantViewSchema },
  { method: "GET", path: "/v1/tenants/{key}", operation: "getTenant", summary: "Read a tenant", tag: "tenants", status: 200, response: tenantViewSchema },
  { method: "DELETE", path: "/v1/tenants/{key}", operation: "deleteTenant", summary: "Delete a tenant", tag: "tenants", status: 204 },
  ...suppressionRoutes,
  { method: "GET", path: "/v1/dead-letters", operation: "listDeadLetters", summary: "List what could not be done, newest first", tag: "dead-letters", query: pageQuerySchema, status: 200, response: pageOf(deadLetterSchema) },
  { method: "GET", path: "/v1/dead-letters/{id}", operation: "getDeadLetter", summary: "Inspect a dead letter", tag: "dead-letters", status: 200, response: deadLetterSchema },
  { method: "POST", path: "/v1/dead-letters/replay", operation: "replayDeadLetters", summary: "Try dead letters again under the same ids", tag: "dead-letters", body: deadLetterReplayBodySchema, status: 200, response: replayedSchema },
  ...pauseRoutes,
  ...readinessRoutes,
  { method: "GET", path: "/v1/queues", operation: "listQueues", summary: "What waits, how long, and why", tag: "queues", status: 200, response: queuesSchema },
  { method: "GET", path: "/v1/allowances", operation: "listAllowances", summary: "What is used of the day's bounds: integrations' quotas and warm-ups, and budgets", tag: "queues", query: allowancesQuerySchema, status: 200, response: allowancesSchema },
  { method: "GET", path: "/v1/statistics", operation: "getStatistics", summary: "Volume, rates, latency and spend, by what you group them by", tag: "statistics", query: statisticsQuerySchema, status: 200, response: statisticsSchema },
  { method: "GET", path: "/v1/workers", operation: "listWorkers", summary: "The processes that work, and what they have in memory", tag: "workers", status: 200, response: workersSchema },
  { method: "GET", path: "/v1/api-keys", operation: "listApiKeys", summary: "List the API keys", tag: "api-keys", query: pageQuerySchema, status: 200, response: pageOf(apiKeySchema) },
  { method: "POST", path: "/v1/api-keys", operation: "createApiKey", summary: "Make an API key; it is shown this once", tag: "api-keys", body: apiKeyBodySchema, status: 201, response: newApiKeySchema },
  { method: "DELETE", path: "/v1/api-keys/{id}", operation: "revokeApiKey", summary: "Revoke an API key", tag: "api-keys", status: 204 },
  ...webhookRoutes,
  { method: "POST", path: "/v1/feedback/{integration}", operation: "reportFeedback", summary: "What a provider reports, in its own form and with its own signature", tag: "feedback", query: feedbackQuerySchema, status: 200, response: feedbackSchema, open: true },
  { method: "GET", path: "/healthz", operation: "getHealth", summary: "Whether the process is alive", tag: "machines", status: 200, response: healthSchema, open: true },
  { method: "GET", path: "/readyz", operation: "getReadiness", summary: "Whether it can do its work; 503 where not", tag: "machines", status: 200, response: readinessSchema, open: true },
  { method: "GET", path: "/metrics", operation: "getMetrics", summary: "Metrics in Prometheus' text form", tag: "machines", status: 200, open: true },
  { method: "GET", path: "/openapi.json", operation: "getOpenApi", summary: "This document", tag: "machines", status: 200, open: true },
];
