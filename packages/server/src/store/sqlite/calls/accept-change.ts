import { integer, text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import { acceptEvents } from "./accept-events.ts";
import { putChoices } from "./choices.ts";
import { writeToldRecipient } from "./write-recipient.ts";

export const acceptChange: Call<"acceptChange"> = (context, { event, choices, recipient }) => {
  const { environmentId, id, version, wrappedKey } = choices ?? { ...recipient, version: undefined };
  const row = context.database.get(
    "select version, wrapped_key from recipient where environment_id = ? and id = ?",
    environmentId,
    id,
  );
  const isAsRead = row === undefined ? version === undefined : text(row, "wrapped_key") === wrappedKey;
  if (!isAsRead || (row !== undefined && version !== undefined && integer(row, "version") !== version))
    return { status: "changed" };
  const [result] = acceptEvents(context, { events: [event] });
  if (result === undefined) throw new Error("an event has no result");
  if (result.status !== "accepted") return result;
  if (choices === undefined) writeToldRecipient(context, recipient);
  else putChoices(context, { writes: [choices] });
  return result;
};
