import { pageOf, pageQuerySchema } from "./pages.ts";
import type { Route } from "./route.ts";
import {
  newWebhookSchema,
  webhookBodySchema,
  webhookDeliveryQuerySchema,
  webhookDeliverySchema,
  webhookRotateBodySchema,
  webhookSchema,
  webhookSecretSchema,
  webhookTestBodySchema,
} from "./webhooks.ts";

// biome-ignore format: one route per line is what lets this be read as a table
export const webhookRoutes: readonly Route[] = [
  { method: "GET", path: "/v1/webhooks", operation: "listWebhooks", summary: "List the endpoints", tag: "webhooks", query: pageQuerySchema, status: 200, response: pageOf(webhookSchema) },
  { method: "POST", path: "/v1/webhooks", operation: "createWebhook", summary: "Make an endpoint that is told of messages' states", tag: "webhooks", body: webhookBodySchema, status: 201, response: newWebhookSchema },
  { method: "GET", path: "/v1/webhooks/{id}", operation: "getWebhook", summary: "Read an endpoint", tag: "webhooks", status: 200, response: webhookSchema },
  { method: "PUT", path: "/v1/webhooks/{id}", operation: "putWebhook", summary: "Write an endpoint; enabled, what waits for it goes on", tag: "webhooks", body: webhookBodySchema, status: 200, response: webhookSchema },
  { method: "DELETE", path: "/v1/webhooks/{id}", operation: "deleteWebhook", summary: "Delete an endpoint; what waits for it is not sent", tag: "webhooks", status: 204 },
  { method: "GET", path: "/v1/webhooks/{id}/secret", operation: "getWebhookSecret", summary: "Read the secrets that sign its calls", tag: "webhooks", status: 200, response: webhookSecretSchema },
  { method: "POST", path: "/v1/webhooks/{id}/rotate", operation: "rotateWebhookSecret", summary: "Make a new secret; the old one signs beside it for a while", tag: "webhooks", body: webhookRotateBodySchema, status: 200, response: webhookSecretSchema },
  { method: "POST", path: "/v1/webhooks/{id}/test", operation: "testWebhook", summary: "Send an example to an endpoint", tag: "webhooks", body: webhookTestBodySchema, status: 202, response: webhookDeliverySchema },
  { method: "GET", path: "/v1/webhooks/{id}/deliveries", operation: "listWebhookDeliveries", summary: "List what an endpoint was told, newest first", tag: "webhooks", query: webhookDeliveryQuerySchema, status: 200, response: pageOf(webhookDeliverySchema) },
  { method: "POST", path: "/v1/webhooks/{id}/deliveries/{delivery}/resend", operation: "resendWebhookDelivery", summary: "Tell it again, under the same webhook-id", tag: "webhooks", status: 202, response: webhookDeliverySchema },
];
