import { integer } from "../../sql/columns.ts";
import type { Call } from "../context.ts";

const foundSql = "select generation from inbox where environment_id = $1 and recipient = $2";
/** An inbox begins with the time at which it is made, in its sequence and in the generation of its tokens. */
const madeSql = `insert into inbox (environment_id, recipient, sequence, forgotten, unseen, unread, items, generation, next_expiry_at)
  values ($1, $2, $3, $3, 0, 0, 0, $3, null)
  on conflict (environment_id, recipient) do update set generation = inbox.generation returning generation`;

/** Most have one: it is only made, in a statement that gives the row whoever made it, where there is none. */
export const openInbox: Call<"openInbox"> = async ({ sql }, { environmentId, recipient, now }) => {
  const row =
    (await sql.get(foundSql, environmentId, recipient)) ?? (await sql.get(madeSql, environmentId, recipient, now));
  return integer(row ?? {}, "generation");
};

export const revokeInboxTokens: Call<"revokeInboxTokens"> = async ({ sql }, { environmentId, recipient, now }) =>
  (await sql.run(
    "update inbox set generation = greatest(generation + 1, $3) where environment_id = $1 and recipient = $2",
    environmentId,
    recipient,
    now,
  )) === 1;
