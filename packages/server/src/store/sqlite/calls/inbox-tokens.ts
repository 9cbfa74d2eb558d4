import { integer } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import { makeInbox } from "../inbox/inbox-row.ts";

export const openInbox: Call<"openInbox"> = ({ database }, { environmentId, recipient, now }) => {
  makeInbox(database, { environmentId, recipient }, now);
  const row = database.get(
    "select generation from inbox where environment_id = ? and recipient = ?",
    environmentId,
    recipient,
  );
  return integer(row ?? {}, "generation");
};

export const revokeInboxTokens: Call<"revokeInboxTokens"> = ({ database }, { environmentId, recipient, now }) =>
  database.run(
    "update inbox set generation = max(generation + 1, ?) where environment_id = ? and recipient = ?",
    now,
    environmentId,
    recipient,
  ) === 1;
