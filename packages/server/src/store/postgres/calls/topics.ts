import { text } from "../../sql/columns.ts";
import { topicRow } from "../../sql/rows/topic.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";

export const putTopic: Call<"putTopic"> = async ({ sql }, { environmentId, key, id, name, description, now }) => {
  const row = await sql.get(
    `insert into topic as t (environment_id, key, id, name, description, subscribers, created_at, updated_at)
     values ($1, $2, $3, $4, $5, 0, $6, $6)
     on conflict (environment_id, key) do update set
       updated_at = case when t.name is not distinct from excluded.name and t.description is not distinct from excluded.description
         then t.updated_at else excluded.updated_at end,
       name = excluded.name, description = excluded.description
     returning *`,
    environmentId,
    key,
    id,
    name,
    description,
    now,
  );
  if (row === undefined) throw new Error("an upsert left no row");
  return topicRow(row);
};

export const getTopic: Call<"getTopic"> = async ({ sql }, { environmentId, key }) => {
  const row = await sql.get("select * from topic where environment_id = $1 and key = $2", environmentId, key);
  return row === undefined ? undefined : topicRow(row);
};

export const listTopics: Call<"listTopics"> = async ({ sql }, { environmentId, after, limit }) =>
  (
    await sql.all(
      "select * from topic where environment_id = $1 and key > $2 order by key limit $3",
      environmentId,
      after,
      limit,
    )
  ).map(topicRow);

export const deleteTopic: Call<"deleteTopic"> = async ({ sql }, { environmentId, key }) => {
  const deleted = await sql.run(
    `with gone as (delete from topic where environment_id = $1 and key = $2 returning environment_id, id)
     insert into topic_removed (environment_id, id) select environment_id, id from gone`,
    environmentId,
    key,
  );
  return deleted === 1;
};

export const sweepTopics: Call<"sweepTopics"> = async ({ sql }, { limit }) => {
  let swept = 0;
  while (swept < limit) {
    const removed = await sql.get("select environment_id, id from topic_removed limit 1 for update skip locked");
    if (removed === undefined) break;
    const key = [Number(removed["environment_id"]), text(removed, "id")] as const;
    swept += await sql.run(
      `delete from subscription where environment_id = $1 and topic = $2 and recipient = any (array(
         select recipient from subscription where environment_id = $1 and topic = $2 limit $3))`,
      ...key,
      limit - swept,
    );
    if (swept >= limit) break;
    await sql.run("delete from topic_removed where environment_id = $1 and id = $2", ...key);
    swept += 1;
  }
  return swept;
};

/** Id of a topic that is not deleted. */
export async function topicId(sql: Session, environmentId: number, key: string): Promise<string | undefined> {
  const row = await sql.get("select id from topic where environment_id = $1 and key = $2", environmentId, key);
  return row === undefined ? undefined : text(row, "id");
}

/** The same, held until the end of the transaction: who changes subscriptions has the topic's row first. */
export async function lockTopic(sql: Session, environmentId: number, key: string): Promise<string | undefined> {
  const row = await sql.get(
    "select id from topic where environment_id = $1 and key = $2 for update",
    environmentId,
    key,
  );
  return row === undefined ? undefined : text(row, "id");
}
