import type { SubscribedTopicRow, SubscriptionRow, TopicRow } from "../../../ports/store/topics.ts";
import { integer, type SqlRow, text, textOrNull } from "../columns.ts";

export function topicRow(row: SqlRow): TopicRow {
  return {
    key: text(row, "key"),
    name: textOrNull(row, "name"),
    description: textOrNull(row, "description"),
    subscribers: integer(row, "subscribers"),
    createdAt: integer(row, "created_at"),
    updatedAt: integer(row, "updated_at"),
  };
}

export function subscriptionRow(row: SqlRow): SubscriptionRow {
  return { recipient: text(row, "recipient"), subscribedAt: integer(row, "subscribed_at") };
}

export function subscribedTopicRow(row: SqlRow): SubscribedTopicRow {
  return {
    id: text(row, "id"),
    key: text(row, "key"),
    name: textOrNull(row, "name"),
    description: textOrNull(row, "description"),
    subscribedAt: integer(row, "subscribed_at"),
  };
}
