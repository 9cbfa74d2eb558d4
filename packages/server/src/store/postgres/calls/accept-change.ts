import { integer, text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import { acceptEvents } from "./accept-events.ts";
import { putChoices } from "./choices.ts";
import { writeRecipients } from "./write-recipient.ts";

/** Locked until the end: what is read here is what is written over. */
const lockedSql = "select version, wrapped_key from recipient where environment_id = $1 and id = $2 for update";

export const acceptChange: Call<"acceptChange"> = async (context, { event, choices, recipient }) => {
  const { environmentId, id, version, wrappedKey } = choices ?? { ...recipient, version: undefined };
  const row = await context.sql.get(lockedSql, environmentId, id);
  const isAsRead = row === undefined ? version === undefined : text(row, "wrapped_key") === wrappedKey;
  if (!isAsRead || (row !== undefined && version !== undefined && integer(row, "version") !== version))
    return { status: "changed" };
  const [result] = await acceptEvents(context, { events: [event] });
  if (result === undefined) throw new Error("an event has no result");
  if (result.status !== "accepted") return result;
  if (choices === undefined) await writeRecipients(context, [recipient]);
  else await putChoices(context, { writes: [choices] });
  return result;
};
