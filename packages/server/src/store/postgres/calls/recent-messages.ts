import { integer, type SqlRow } from "../../sql/columns.ts";
import { lowestIdAt, recentColumns, recentOfRows } from "../../sql/rows/recent-message.ts";
import type { Call } from "../context.ts";

/** One look for all of them. The environment is kept out of the choice of an index, as all its messages would be passed. */
const recentSql = `select wanted.place, latest.*
  from json_to_recordset($1) as wanted (place int, environment_id int, id text)
  cross join lateral (
    select ${recentColumns} from message
    where message.recalled = 1 and message.recipient = wanted.id and message.environment_id + 0 = wanted.environment_id and message.id >= $2::uuid
    order by message.id desc limit $3
  ) as latest`;

export const recentMessages: Call<"recentMessages"> = async ({ sql }, { recipients, since, perRecipientMax }) => {
  if (recipients.length === 0) return [];
  const wanted = recipients.map(({ environmentId, id }, place) => ({ place, environment_id: environmentId, id }));
  const rows = await sql.all(recentSql, JSON.stringify(wanted), lowestIdAt(since), perRecipientMax + 1);
  const found: SqlRow[][] = recipients.map(() => []);
  for (const row of rows) found[integer(row, "place")]?.push(row);
  return found.map((own) => recentOfRows(own, since, perRecipientMax));
};
