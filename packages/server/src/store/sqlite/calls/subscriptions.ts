import type { SubscriptionChange } from "../../../ports/store/topics.ts";
import { integer } from "../../sql/columns.ts";
import { subscribedTopicRow, subscriptionRow } from "../../sql/rows/topic.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { topicId } from "./topics.ts";

export const subscribe: Call<"subscribe"> = ({ database }, { environmentId, key, recipients, now }) => {
  const topic = topicId(database, environmentId, key);
  if (topic === undefined) return undefined;
  const changed = database.run(
    `insert into subscription (environment_id, topic, recipient, subscribed_at)
     select ?, ?, value, ? from json_each(?) where true order by value on conflict do nothing`,
    environmentId,
    topic,
    now,
    JSON.stringify(recipients),
  );
  return counted(database, environmentId, key, changed, changed);
};

export const unsubscribe: Call<"unsubscribe"> = ({ database }, { environmentId, key, recipients }) => {
  const topic = topicId(database, environmentId, key);
  if (topic === undefined) return undefined;
  const changed = database.run(
    "delete from subscription where environment_id = ? and topic = ? and recipient in (select value from json_each(?))",
    environmentId,
    topic,
    JSON.stringify(recipients),
  );
  return counted(database, environmentId, key, changed, -changed);
};

function counted(
  database: Database,
  environmentId: number,
  key: string,
  changed: number,
  more: number,
): SubscriptionChange {
  const row = database.get(
    "update topic set subscribers = subscribers + ? where environment_id = ? and key = ? returning subscribers",
    more,
    environmentId,
    key,
  );
  if (row === undefined) throw new Error("a topic has gone meanwhile");
  return { changed, subscribers: integer(row, "subscribers") };
}

export const listSubscriptions: Call<"listSubscriptions"> = ({ database }, { environmentId, key, after, limit }) => {
  const topic = topicId(database, environmentId, key);
  if (topic === undefined) return undefined;
  return database
    .all(
      `select recipient, subscribed_at from subscription where environment_id = ? and topic = ? and recipient > ?
       order by recipient limit ?`,
      environmentId,
      topic,
      after,
      limit,
    )
    .map(subscriptionRow);
};

export const listRecipientTopics: Call<"listRecipientTopics"> = (
  { database },
  { environmentId, recipient, after, limit },
) =>
  database
    .all(
      `select topic.id, topic.key, topic.name, topic.description, s.subscribed_at
       from subscription s join topic on topic.id = s.topic
       where s.environment_id = ? and s.recipient = ? and s.topic > ? order by s.topic limit ?`,
      environmentId,
      recipient,
      after,
      limit,
    )
    .map(subscribedTopicRow);

/** A recipient goes: so do their subscriptions, and the topics count one less. */
export function removeSubscriber(database: Database, environmentId: number, recipient: string): void {
  database.run(
    `update topic set subscribers = subscribers - 1
     where id in (select topic from subscription where environment_id = ? and recipient = ?)`,
    environmentId,
    recipient,
  );
  database.run("delete from subscription where environment_id = ? and recipient = ?", environmentId, recipient);
}
