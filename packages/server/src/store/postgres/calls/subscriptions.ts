import type { SubscriptionChange } from "../../../ports/store/topics.ts";
import { integer } from "../../sql/columns.ts";
import { subscribedTopicRow, subscriptionRow } from "../../sql/rows/topic.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";
import { lockTopic, topicId } from "./topics.ts";

export const subscribe: Call<"subscribe"> = async ({ sql }, { environmentId, key, recipients, now }) => {
  const topic = await lockTopic(sql, environmentId, key);
  if (topic === undefined) return undefined;
  const changed = await sql.run(
    `insert into subscription (environment_id, topic, recipient, subscribed_at)
     select $1, $2, value, $3 from json_array_elements_text($4::json) as r (value) order by value on conflict do nothing`,
    environmentId,
    topic,
    now,
    JSON.stringify(recipients),
  );
  return counted(sql, topic, changed, changed);
};

export const unsubscribe: Call<"unsubscribe"> = async ({ sql }, { environmentId, key, recipients }) => {
  const topic = await lockTopic(sql, environmentId, key);
  if (topic === undefined) return undefined;
  const changed = await sql.run(
    `delete from subscription where environment_id = $1 and topic = $2
       and recipient = any (array(select json_array_elements_text($3::json)))`,
    environmentId,
    topic,
    JSON.stringify(recipients),
  );
  return counted(sql, topic, changed, -changed);
};

async function counted(sql: Session, topic: string, changed: number, more: number): Promise<SubscriptionChange> {
  const row = await sql.get(
    "update topic set subscribers = subscribers + $2 where id = $1 returning subscribers",
    topic,
    more,
  );
  if (row === undefined) throw new Error("a topic has gone meanwhile");
  return { changed, subscribers: integer(row, "subscribers") };
}

export const listSubscriptions: Call<"listSubscriptions"> = async ({ sql }, { environmentId, key, after, limit }) => {
  const topic = await topicId(sql, environmentId, key);
  if (topic === undefined) return undefined;
  const rows = await sql.all(
    `select recipient, subscribed_at from subscription where environment_id = $1 and topic = $2 and recipient > $3
     order by recipient limit $4`,
    environmentId,
    topic,
    after,
    limit,
  );
  return rows.map(subscriptionRow);
};

const nil = "00000000-0000-0000-0000-000000000000";

export const listRecipientTopics: Call<"listRecipientTopics"> = async (
  { sql },
  { environmentId, recipient, after, limit },
) =>
  (
    await sql.all(
      `select topic.id, topic.key, topic.name, topic.description, s.subscribed_at
       from subscription s join topic on topic.id = s.topic
       where s.environment_id = $1 and s.recipient = $2 and s.topic > $3 order by s.topic limit $4`,
      environmentId,
      recipient,
      after === "" ? nil : after,
      limit,
    )
  ).map(subscribedTopicRow);

/** A recipient goes: so do their subscriptions, and the topics count one less. Topics first, as for all who change subscriptions. */
export async function removeSubscriber(sql: Session, environmentId: number, recipient: string): Promise<void> {
  await sql.all(
    `select id from topic where id in (select topic from subscription where environment_id = $1 and recipient = $2)
     order by environment_id, key for update`,
    environmentId,
    recipient,
  );
  await sql.run(
    `with gone as (delete from subscription where environment_id = $1 and recipient = $2 returning topic)
     update topic set subscribers = subscribers - 1 from gone where topic.id = gone.topic`,
    environmentId,
    recipient,
  );
}
