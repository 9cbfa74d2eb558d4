import { countsForNothing } from "../../../domain/attention-text.ts";
import { text } from "../../sql/columns.ts";
import { attentionPlace, firstPlace } from "../../sql/rows/attention-place.ts";
import type { Call } from "../context.ts";

const seenSql = `select environment_id, recipient, entries from attention where (environment_id, recipient) > ($1, $2)
  order by environment_id, recipient limit $3`;
/** What a turn has written since, or has locked, is passed. */
const deletedSql = `delete from attention where ctid = any (array(
    select a.ctid from attention a join json_to_recordset($1) as r (environment_id int, recipient text, entries text)
      on a.environment_id = r.environment_id and a.recipient = r.recipient and a.entries = r.entries
    for update of a skip locked))`;

export const sweepAttention: Call<"sweepAttention"> = async ({ sql }, { after = firstPlace, now, limit }) => {
  const rows = await sql.all(seenSql, after.environmentId, after.recipient, limit);
  const idle = rows.filter((row) => countsForNothing(text(row, "entries"), now));
  if (idle.length > 0) await sql.run(deletedSql, JSON.stringify(idle));
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : attentionPlace(last);
};
