import { countsForNothing } from "../../../domain/attention-text.ts";
import { text } from "../../sql/columns.ts";
import { attentionPlace, firstPlace } from "../../sql/rows/attention-place.ts";
import type { Call } from "../context.ts";

const seenSql = `select environment_id, recipient, entries from attention where (environment_id, recipient) > (?, ?)
  order by environment_id, recipient limit ?`;
const deletedSql = "delete from attention where environment_id = ? and recipient = ?";

export const sweepAttention: Call<"sweepAttention"> = ({ database }, { after = firstPlace, now, limit }) => {
  const rows = database.all(seenSql, after.environmentId, after.recipient, limit);
  for (const row of rows) {
    if (!countsForNothing(text(row, "entries"), now)) continue;
    const { environmentId, recipient } = attentionPlace(row);
    database.run(deletedSql, environmentId, recipient);
  }
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : attentionPlace(last);
};
