import { allowancesQuerySchema, allowancesSchema } from "@tidings/contract/allowances";
import { apiKeyBodySchema, apiKeySchema, newApiKeySchema } from "@tidings/contract/api-keys";
import { batchResultSchema } from "@tidings/contract/batch";
import { categoryBodySchema } from "@tidings/contract/categories";
import {
  configurationAppliedSchema,
  configurationCheckSchema,
  configurationSetSchema,
  environmentsSchema,
} from "@tidings/contract/configuration";
import { deadLetterReplayBodySchema, deadLetterSchema, replayedSchema } from "@tidings/contract/dead-letters";
import {
  acceptedSchema,
  cancelBodySchema,
  canceledSchema,
  eventBatchSchema,
  eventBodySchema,
  eventSchema,
} from "@tidings/contract/events";
import { inboxTokenBodySchema, inboxTokenSchema } from "@tidings/contract/inbox-tokens";
import { integrationBodySchema } from "@tidings/contract/integrations";
import { layoutBodySchema } from "@tidings/contract/layouts";
import { healthSchema, readinessSchema } from "@tidings/contract/machines";
import { messageBodySchema, messageQuerySchema, messageSchema } from "@tidings/contract/messages";
import { pageOf, pageQuerySchema } from "@tidings/contract/pages";
import { partialBodySchema } from "@tidings/contract/partials";
import { policyBodySchema } from "@tidings/contract/policies";
import { previewBodySchema, previewSchema } from "@tidings/contract/previews";
import { queuesSchema } from "@tidings/contract/queues";
import { recipientBodySchema, recipientSchema } from "@tidings/contract/recipients";
import { sourceBodySchema } from "@tidings/contract/sources";
import { statisticsQuerySchema, statisticsSchema } from "@tidings/contract/statistics";
import { templateBodySchema } from "@tidings/contract/templates";
import { tenantBodySchema, tenantViewSchema } from "@tidings/contract/tenants";
import {
  newWebhookSchema,
  webhookBodySchema,
  webhookDeliveryQuerySchema,
  webhookDeliverySchema,
  webhookRotateBodySchema,
  webhookSchema,
  webhookSecretSchema,
  webhookTestBodySchema,
} from "@tidings/contract/webhooks";
import { workersSchema } from "@tidings/contract/workers";
import { workflowBodySchema } from "@tidings/contract/workflows";
import { campaignOperations } from "./campaign-operations.ts";
import { consentOperations, decisionOperations, preferenceOperations } from "./choice-operations.ts";
import { always, configuration, documents, keyed, once } from "./document-operations.ts";
import { pauseOperations } from "./pause-operations.ts";
import { readinessOperations } from "./readiness-operations.ts";
import { replayOperations } from "./replay-operations.ts";
import { segmentOperations } from "./segment-operations.ts";
import { suppressionOperations } from "./suppression-operations.ts";
import { topicOperations } from "./topic-operations.ts";
import type { Operation } from "./transport/operation.ts";

/*
 * The contract's routes as the SDK calls them. The contract's own table serves OpenAPI and has lost its types; a test
 * holds this one to it, row by row, and fails for a route that is missing here.
 */

// biome-ignore format: one call per line is what lets this be read as a table
export const operations = {
  events: {
    send: { name: "sendEvent", method: "POST", path: "/v1/events", body: eventBodySchema, status: 202, response: acceptedSchema, ...keyed },
    sendBatch: { name: "sendEvents", method: "POST", path: "/v1/events/batch", body: eventBatchSchema, status: 202, response: batchResultSchema, ...keyed },
    cancel: { name: "cancelEvents", method: "POST", path: "/v1/events/cancel", body: cancelBodySchema, status: 200, response: canceledSchema, ...always },
    get: { name: "getEvent", method: "GET", path: "/v1/events/{id}", status: 200, response: eventSchema, ...always },
  },
  messages: {
    send: { name: "sendMessage", method: "POST", path: "/v1/messages", body: messageBodySchema, status: 202, response: acceptedSchema, ...keyed },
    list: { name: "listMessages", method: "GET", path: "/v1/messages", query: messageQuerySchema, status: 200, response: pageOf(messageSchema), ...always },
    get: { name: "getMessage", method: "GET", path: "/v1/messages/{id}", status: 200, response: messageSchema, ...always },
  },
  recipients: {
    put: { name: "putRecipient", method: "PUT", path: "/v1/recipients/{id}", body: recipientBodySchema, status: 200, response: recipientSchema, ...always },
    get: { name: "getRecipient", method: "GET", path: "/v1/recipients/{id}", status: 200, response: recipientSchema, ...always },
    delete: { name: "deleteRecipient", method: "DELETE", path: "/v1/recipients/{id}", status: 204, ...always },
    createInboxToken: { name: "createInboxToken", method: "POST", path: "/v1/recipients/{id}/tokens", body: inboxTokenBodySchema, status: 201, response: inboxTokenSchema, ...always },
    revokeInboxTokens: { name: "revokeInboxTokens", method: "DELETE", path: "/v1/recipients/{id}/tokens", status: 204, ...always },
  },
  suppressions: suppressionOperations,
  preferences: preferenceOperations,
  consents: consentOperations,
  decisions: decisionOperations,
  workflows: configuration("workflow", "workflows", workflowBodySchema),
  templates: configuration("template", "templates", templateBodySchema),
  previews: {
    template: { name: "previewTemplate", method: "POST", path: "/v1/templates/{key}/preview", body: previewBodySchema, status: 200, response: previewSchema, ...always },
  },
  layouts: configuration("layout", "layouts", layoutBodySchema),
  partials: configuration("partial", "partials", partialBodySchema),
  categories: configuration("category", "categories", categoryBodySchema),
  integrations: configuration("integration", "integrations", integrationBodySchema),
  sources: configuration("source", "sources", sourceBodySchema),
  policies: configuration("policy", "policies", policyBodySchema),
  segments: segmentOperations,
  campaigns: campaignOperations,
  replays: replayOperations,
  tenants: documents("tenant", "tenants", tenantBodySchema, tenantViewSchema),
  topics: topicOperations,
  configuration: {
    check: { name: "checkConfiguration", method: "POST", path: "/v1/configuration/check", body: configurationSetSchema, status: 200, response: configurationCheckSchema, ...always },
    apply: { name: "applyConfiguration", method: "POST", path: "/v1/configuration/apply", body: configurationSetSchema, status: 200, response: configurationAppliedSchema, ...once },
  },
  environments: {
    list: { name: "listEnvironments", method: "GET", path: "/v1/environments", status: 200, response: environmentsSchema, ...always },
  },
  deadLetters: {
    list: { name: "listDeadLetters", method: "GET", path: "/v1/dead-letters", query: pageQuerySchema, status: 200, response: pageOf(deadLetterSchema), ...always },
    get: { name: "getDeadLetter", method: "GET", path: "/v1/dead-letters/{id}", status: 200, response: deadLetterSchema, ...always },
    replay: { name: "replayDeadLetters", method: "POST", path: "/v1/dead-letters/replay", body: deadLetterReplayBodySchema, status: 200, response: replayedSchema, ...once },
  },
  pauses: pauseOperations,
  readiness: readinessOperations,
  queues: {
    list: { name: "listQueues", method: "GET", path: "/v1/queues", status: 200, response: queuesSchema, ...always },
    allowances: { name: "listAllowances", method: "GET", path: "/v1/allowances", query: allowancesQuerySchema, status: 200, response: allowancesSchema, ...always },
  },
  statistics: {
    get: { name: "getStatistics", method: "GET", path: "/v1/statistics", query: statisticsQuerySchema, status: 200, response: statisticsSchema, ...always },
  },
  workers: {
    list: { name: "listWorkers", method: "GET", path: "/v1/workers", status: 200, response: workersSchema, ...always },
  },
  apiKeys: {
    list: { name: "listApiKeys", method: "GET", path: "/v1/api-keys", query: pageQuerySchema, status: 200, response: pageOf(apiKeySchema), ...always },
    create: { name: "createApiKey", method: "POST", path: "/v1/api-keys", body: apiKeyBodySchema, status: 201, response: newApiKeySchema, ...once },
    revoke: { name: "revokeApiKey", method: "DELETE", path: "/v1/api-keys/{id}", status: 204, ...always },
  },
  webhooks: {
    list: { name: "listWebhooks", method: "GET", path: "/v1/webhooks", query: pageQuerySchema, status: 200, response: pageOf(webhookSchema), ...always },
    create: { name: "createWebhook", method: "POST", path: "/v1/webhooks", body: webhookBodySchema, status: 201, response: newWebhookSchema, ...once },
    get: { name: "getWebhook", method: "GET", path: "/v1/webhooks/{id}", status: 200, response: webhookSchema, ...always },
    put: { name: "putWebhook", method: "PUT", path: "/v1/webhooks/{id}", body: webhookBodySchema, status: 200, response: webhookSchema, ...always },
    delete: { name: "deleteWebhook", method: "DELETE", path: "/v1/webhooks/{id}", status: 204, ...always },
    secret: { name: "getWebhookSecret", method: "GET", path: "/v1/webhooks/{id}/secret", status: 200, response: webhookSecretSchema, ...always },
    rotate: { name: "rotateWebhookSecret", method: "POST", path: "/v1/webhooks/{id}/rotate", body: webhookRotateBodySchema, status: 200, response: webhookSecretSchema, ...once },
    test: { name: "testWebhook", method: "POST", path: "/v1/webhooks/{id}/test", body: webhookTestBodySchema, status: 202, response: webhookDeliverySchema, ...once },
    deliveries: { name: "listWebhookDeliveries", method: "GET", path: "/v1/webhooks/{id}/deliveries", query: webhookDeliveryQuerySchema, status: 200, response: pageOf(webhookDeliverySchema), ...always },
    resend: { name: "resendWebhookDelivery", method: "POST", path: "/v1/webhooks/{id}/deliveries/{delivery}/resend", status: 202, response: webhookDeliverySchema, ...once },
  },
  machines: {
    health: { name: "getHealth", method: "GET", path: "/healthz", status: 200, response: healthSchema, open: true, ...always },
    readiness: { name: "getReadiness", method: "GET", path: "/readyz", status: 200, alsoStatus: 503, response: readinessSchema, open: true, ...always },
  },
} as const satisfies Record<string, Record<string, Operation>>;
