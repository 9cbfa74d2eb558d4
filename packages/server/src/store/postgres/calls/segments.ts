import { integer, text } from "../../sql/columns.ts";
import { memberMessageColumns, memberMessageOf } from "../../sql/rows/member-message.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";

/** One statement a page. Who is subscribed to a topic of the event too is given all the same: what is passed has to be bounded. */
const pageSql = `select r.*, exists (select 1 from json_array_elements_text($1::json) as before (key)
      join topic on topic.environment_id = $2 and topic.key = before.key
      join subscription earlier on earlier.environment_id = $2 and earlier.topic = topic.id and earlier.recipient = r.id)
      as repeated
  from (
    select id, wrapped_key, profile, sealed, choices, updated_at, version from recipient
    where environment_id = $2 and id > $3 order by id limit $4
  ) as r order by r.id`;

export const readRecipients: Call<"readRecipients"> = async ({ sql }, { environmentId, after, limit, before }) => {
  const rows = await sql.all(pageSql, JSON.stringify(before), environmentId, after, limit);
  return rows.map((row) => {
    const id = text(row, "id");
    return { id, record: recipientOfRow(row, environmentId, id), isRepeated: row["repeated"] === true };
  });
};

const recentSql = `select r.place::int as place, m.* from json_array_elements_text($1::json) with ordinality as r (recipient, place)
  cross join lateral (
    select ${memberMessageColumns} from message
    where environment_id = $2 and recipient collate "C" = r.recipient and created_at >= $3
      order by created_at desc, id desc limit $4
  ) as m`;

export const memberMessages: Call<"memberMessages"> = async ({ sql }, { environmentId, recipients, since, limit }) => {
  const rows = await sql.all(recentSql, JSON.stringify(recipients), environmentId, since, limit);
  const found = recipients.map((): ReturnType<typeof memberMessageOf>[] => []);
  for (const row of rows) found[integer(row, "place") - 1]?.push(memberMessageOf(row));
  return found;
};
