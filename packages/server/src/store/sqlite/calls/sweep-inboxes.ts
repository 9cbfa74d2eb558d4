import { integer, text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import { OpenInbox } from "../inbox/open-inbox.ts";
import { settleExpired } from "../inbox/take-out.ts";

export const sweepInboxes: Call<"sweepInboxes"> = ({ database }, { now, limit, bounds }) => {
  const keys = database
    .all(
      "select environment_id, recipient from inbox where next_expiry_at <= ? order by next_expiry_at limit ?",
      now,
      limit,
    )
    .map((row) => ({ environmentId: integer(row, "environment_id"), recipient: text(row, "recipient") }));
  for (const key of keys) {
    const inbox = OpenInbox.find(database, key, bounds);
    if (inbox !== undefined) settleExpired(database, inbox, now);
    inbox?.save();
  }
  return keys;
};
