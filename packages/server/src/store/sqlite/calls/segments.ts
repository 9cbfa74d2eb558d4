import { integer, text } from "../../sql/columns.ts";
import { memberMessageColumns, memberMessageOf } from "../../sql/rows/member-message.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";
import { messageBuckets, newestMessages, newestSql } from "./newest-messages.ts";

/** One statement a page. Who is subscribed to a topic of the event too is given all the same: what is passed has to be bounded. */
const pageSql = `select id, wrapped_key, profile, sealed, choices, updated_at, version,
    exists (select 1 from json_each(?1) before join topic on topic.environment_id = ?2 and topic.key = before.value
      join subscription earlier on earlier.environment_id = ?2 and earlier.topic = topic.id and earlier.recipient = recipient.id)
      as repeated
  from recipient where environment_id = ?2 and id > ?3 order by id limit ?4`;

export const readRecipients: Call<"readRecipients"> = ({ database }, { environmentId, after, limit, before }) =>
  database.all(pageSql, JSON.stringify(before), environmentId, after, limit).map((row) => {
    const id = text(row, "id");
    return { id, record: recipientOfRow(row, environmentId, id), isRepeated: integer(row, "repeated") === 1 };
  });

const recentSql = newestSql(memberMessageColumns);

export const memberMessages: Call<"memberMessages"> = ({ database }, { environmentId, recipients, since, limit }) => {
  const buckets = messageBuckets(database, since);
  return recipients.map((recipient) =>
    newestMessages(database, recentSql, { environmentId, recipient, since, limit }, buckets).map(memberMessageOf),
  );
};
