import { integer, text } from "../../sql/columns.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";
import { topicId } from "./topics.ts";

/** One statement a page. Who is subscribed to an earlier topic too is given all the same: what is passed has to be bounded. */
const pageSql = `select s.recipient, recipient.wrapped_key, recipient.profile, recipient.sealed, recipient.choices, recipient.updated_at,
    recipient.version,
    exists (select 1 from json_each(?1) before join topic on topic.environment_id = ?2 and topic.key = before.value
      join subscription earlier on earlier.environment_id = ?2 and earlier.topic = topic.id and earlier.recipient = s.recipient)
      as repeated
  from subscription s left join recipient on recipient.environment_id = s.environment_id and recipient.id = s.recipient
  where s.environment_id = ?2 and s.topic = ?3 and s.recipient > ?4 order by s.recipient limit ?5`;

export const readSubscribers: Call<"readSubscribers"> = (
  { database },
  { environmentId, topic: key, after, limit, before },
) => {
  const topic = topicId(database, environmentId, key);
  if (topic === undefined) return undefined;
  return database.all(pageSql, JSON.stringify(before), environmentId, topic, after, limit).map((row) => {
    const id = text(row, "recipient");
    const record = row["wrapped_key"] === null ? null : recipientOfRow(row, environmentId, id);
    return { id, record, isRepeated: integer(row, "repeated") === 1 };
  });
};

export const countExpanded: Call<"countExpanded"> = ({ database }, { eventId, now, limit }) => {
  const row = database.get(
    `select count(*) as waiting from
       (select 1 from message where event_id = ? and expanded = 1 and due_at is not null and due_at <= ? limit ?)`,
    eventId,
    now,
    limit,
  );
  return row === undefined ? 0 : integer(row, "waiting");
};
