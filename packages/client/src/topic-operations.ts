import { pageOf, pageQuerySchema } from "@tidings/contract/pages";
import {
  subscribedSchema,
  subscribedTopicSchema,
  subscribersBodySchema,
  subscriptionSchema,
  subscriptionsQuerySchema,
  topicBodySchema,
  topicSchema,
  unsubscribedSchema,
} from "@tidings/contract/topics";
import { always } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Named groups, and who is subscribed to them. */
// biome-ignore format: one call per line is what lets this be read as a table
export const topicOperations = {
  list: { name: "listTopics", method: "GET", path: "/v1/topics", query: pageQuerySchema, status: 200, response: pageOf(topicSchema), ...always },
  put: { name: "putTopic", method: "PUT", path: "/v1/topics/{key}", body: topicBodySchema, status: 200, response: topicSchema, ...always },
  get: { name: "getTopic", method: "GET", path: "/v1/topics/{key}", status: 200, response: topicSchema, ...always },
  delete: { name: "deleteTopic", method: "DELETE", path: "/v1/topics/{key}", status: 204, ...always },
  subscribers: { name: "listSubscriptions", method: "GET", path: "/v1/topics/{key}/subscriptions", query: subscriptionsQuerySchema, status: 200, response: pageOf(subscriptionSchema), ...always },
  subscribe: { name: "subscribe", method: "POST", path: "/v1/topics/{key}/subscriptions", body: subscribersBodySchema, status: 200, response: subscribedSchema, ...always },
  unsubscribe: { name: "unsubscribe", method: "POST", path: "/v1/topics/{key}/subscriptions/remove", body: subscribersBodySchema, status: 200, response: unsubscribedSchema, ...always },
  unsubscribeOne: { name: "deleteSubscription", method: "DELETE", path: "/v1/topics/{key}/subscriptions/{recipient}", status: 204, ...always },
  ofRecipient: { name: "listRecipientTopics", method: "GET", path: "/v1/recipients/{id}/topics", query: pageQuerySchema, status: 200, response: pageOf(subscribedTopicSchema), ...always },
} as const satisfies Record<string, Operation>;
