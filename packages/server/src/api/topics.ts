import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { keySchema } from "@tidings/contract/text";
import {
  type SubscribedTopic,
  subscribersBodySchema,
  subscriptionsQuerySchema,
  type TopicView,
  topicBodySchema,
} from "@tidings/contract/topics";
import { TidingsError } from "../errors.ts";
import type { SubscribedTopicRow, TopicRow } from "../ports/store/topics.ts";
import { cursorOf, idPosition, keyPosition, positionOf, recipientPosition } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

type TopicDependencies = Pick<ApiDependencies, "store" | "clock" | "ids">;

export function topicHandlers({ store, clock, ids }: TopicDependencies): Handlers {
  return {
    listTopics: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listTopics({ environmentId, after: positionOf(cursor, keyPosition), limit });
      return { items: rows.map(topicView), nextCursor: nextOf(rows, limit, ({ key }) => key) };
    },

    putTopic: async (request, { environmentId }) => {
      const key = valid(keySchema, parameter(request, "key"), "key");
      const { name = null, description = null } = body(topicBodySchema, request);
      return topicView(
        await store.putTopic({ environmentId, key, id: ids.next(), name, description, now: clock.now() }),
      );
    },

    getTopic: async (request, { environmentId }) =>
      topicView(found(await store.getTopic({ environmentId, key: parameter(request, "key") }))),

    deleteTopic: async (request, { environmentId }) => {
      const existed = await store.deleteTopic({ environmentId, key: parameter(request, "key") });
      if (!existed) throw new TidingsError("not_found");
    },

    subscribe: async (request, { environmentId }) => {
      const { recipients } = body(subscribersBodySchema, request);
      const key = parameter(request, "key");
      const change = found(await store.subscribe({ environmentId, key, recipients, now: clock.now() }));
      return { subscribed: change.changed, subscribers: change.subscribers };
    },

    unsubscribe: async (request, { environmentId }) => {
      const { recipients } = body(subscribersBodySchema, request);
      const change = found(await store.unsubscribe({ environmentId, key: parameter(request, "key"), recipients }));
      return { unsubscribed: change.changed, subscribers: change.subscribers };
    },

    deleteSubscription: async (request, { environmentId }) => {
      const recipients = [parameter(request, "recipient")];
      const change = await store.unsubscribe({ environmentId, key: parameter(request, "key"), recipients });
      if (found(change).changed === 0) throw new TidingsError("not_found");
    },

    listSubscriptions: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(subscriptionsQuerySchema, request.query);
      const after = positionOf(cursor, recipientPosition);
      const key = parameter(request, "key");
      const rows = found(await store.listSubscriptions({ environmentId, key, after, limit }));
      return {
        items: rows.map(({ recipient, subscribedAt }) => ({ recipient, subscribedAt: iso(subscribedAt) })),
        nextCursor: nextOf(rows, limit, ({ recipient }) => recipient),
      };
    },

    listRecipientTopics: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const after = positionOf(cursor, idPosition);
      const recipient = parameter(request, "id");
      const rows = await store.listRecipientTopics({ environmentId, recipient, after, limit });
      return { items: rows.map(subscribedTopicView), nextCursor: nextOf(rows, limit, ({ id }) => id) };
    },
  };
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new TidingsError("not_found");
  return value;
}

function nextOf<Row>(rows: readonly Row[], limit: number, positionIn: (row: Row) => string): string | undefined {
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : cursorOf(positionIn(last));
}

function topicView({ key, name, description, subscribers, createdAt, updatedAt }: TopicRow): TopicView {
  return {
    key,
    name: name ?? undefined,
    description: description ?? undefined,
    subscribers,
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}

function subscribedTopicView({ key, name, description, subscribedAt }: SubscribedTopicRow): SubscribedTopic {
  return { key, name: name ?? undefined, description: description ?? undefined, subscribedAt: iso(subscribedAt) };
}
