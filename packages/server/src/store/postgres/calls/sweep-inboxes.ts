import type { Call } from "../context.ts";
import { inboxOf } from "../inbox/lock-inboxes.ts";
import { saveInboxes } from "../inbox/save-inboxes.ts";
import { settleExpired } from "../inbox/settle-expired.ts";

/** Passes inboxes that somebody else has in hand: who changes one takes out what is due. */
const dueSql = `select * from inbox where next_expiry_at <= $1 order by next_expiry_at limit $2 for update skip locked`;

export const sweepInboxes: Call<"sweepInboxes"> = async ({ sql }, { now, limit, bounds }) => {
  const inboxes = (await sql.all(dueSql, now, limit)).map((row) => inboxOf(row, bounds));
  await settleExpired(sql, inboxes, now);
  await saveInboxes(sql, inboxes);
  return inboxes.map(({ key }) => key);
};
