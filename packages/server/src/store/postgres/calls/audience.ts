import { integer, text } from "../../sql/columns.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";
import { topicId } from "./topics.ts";

/** One statement a page. Who is subscribed to an earlier topic too is given all the same: what is passed has to be bounded. */
const pageSql = `select s.recipient, recipient.wrapped_key, recipient.profile, recipient.sealed, recipient.choices, recipient.updated_at,
    recipient.version,
    exists (select 1 from json_array_elements_text($1::json) as before (key)
      join topic on topic.environment_id = $2 and topic.key = before.key
      join subscription earlier on earlier.environment_id = $2 and earlier.topic = topic.id and earlier.recipient = s.recipient)
      as repeated
  from (
    select environment_id, recipient from subscription
    where environment_id = $2 and topic = $3 and recipient > $4 order by recipient limit $5
  ) as s left join recipient on recipient.environment_id = s.environment_id and recipient.id = s.recipient
  order by s.recipient`;

export const readSubscribers: Call<"readSubscribers"> = async (
  { sql },
  { environmentId, topic: key, after, limit, before },
) => {
  const topic = await topicId(sql, environmentId, key);
  if (topic === undefined) return undefined;
  const rows = await sql.all(pageSql, JSON.stringify(before), environmentId, topic, after, limit);
  return rows.map((row) => {
    const id = text(row, "recipient");
    const record = row["wrapped_key"] === null ? null : recipientOfRow(row, environmentId, id);
    return { id, record, isRepeated: row["repeated"] === true };
  });
};

export const countExpanded: Call<"countExpanded"> = async ({ sql }, { eventId, now, limit }) => {
  const row = await sql.get(
    `select count(*)::int as waiting from
       (select 1 from message where event_id = $1 and expanded = 1 and due_at is not null and due_at <= $2 limit $3) as w`,
    eventId,
    now,
    limit,
  );
  return row === undefined ? 0 : integer(row, "waiting");
};
