import { text } from "../../sql/columns.ts";
import { topicRow } from "../../sql/rows/topic.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

export const putTopic: Call<"putTopic"> = ({ database }, { environmentId, key, id, name, description, now }) => {
  const row = database.get(
    `insert into topic (environment_id, key, id, name, description, subscribers, created_at, updated_at) values (?, ?, ?, ?, ?, 0, ?, ?)
     on conflict (environment_id, key) do update set
       updated_at = case when name is excluded.name and description is excluded.description then updated_at else excluded.updated_at end,
       name = excluded.name, description = excluded.description
     returning *`,
    environmentId,
    key,
    id,
    name,
    description,
    now,
    now,
  );
  if (row === undefined) throw new Error("an upsert left no row");
  return topicRow(row);
};

export const getTopic: Call<"getTopic"> = ({ database }, { environmentId, key }) => {
  const row = database.get("select * from topic where environment_id = ? and key = ?", environmentId, key);
  return row === undefined ? undefined : topicRow(row);
};

export const listTopics: Call<"listTopics"> = ({ database }, { environmentId, after, limit }) =>
  database
    .all("select * from topic where environment_id = ? and key > ? order by key limit ?", environmentId, after, limit)
    .map(topicRow);

export const deleteTopic: Call<"deleteTopic"> = ({ database }, { environmentId, key }) => {
  const id = topicId(database, environmentId, key);
  if (id === undefined) return false;
  database.run("insert into topic_removed (environment_id, id) values (?, ?)", environmentId, id);
  database.run("delete from topic where environment_id = ? and key = ?", environmentId, key);
  return true;
};

export const sweepTopics: Call<"sweepTopics"> = ({ database }, { limit }) => {
  let swept = 0;
  while (swept < limit) {
    const removed = database.get("select environment_id, id from topic_removed limit 1");
    if (removed === undefined) break;
    const key = [Number(removed["environment_id"]), text(removed, "id")] as const;
    const gone = database.run(
      `delete from subscription where environment_id = ?1 and topic = ?2 and recipient in
         (select recipient from subscription where environment_id = ?1 and topic = ?2 limit ?3)`,
      ...key,
      limit - swept,
    );
    swept += gone;
    if (swept >= limit) break;
    database.run("delete from topic_removed where environment_id = ? and id = ?", ...key);
    swept += 1;
  }
  return swept;
};

/** Id of a topic that is not deleted. */
export function topicId(database: Database, environmentId: number, key: string): string | undefined {
  const row = database.get("select id from topic where environment_id = ? and key = ?", environmentId, key);
  return row === undefined ? undefined : text(row, "id");
}
