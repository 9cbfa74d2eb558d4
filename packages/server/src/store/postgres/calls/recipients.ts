import type { RecipientRow } from "../../../ports/store/recipients.ts";
import { integer, text } from "../../sql/columns.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import { erasureOf } from "../../sql/told-write.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";
import { acceptEvents } from "./accept-events.ts";
import { removeSubscriber } from "./subscriptions.ts";
import { writeRecipients } from "./write-recipient.ts";

export const putRecipient: Call<"putRecipient"> = async (context, { recipient, events = [] }) => {
  const { sql } = context;
  const written = await writeRecipients(context, [recipient]);
  if (written > 0 && events.length > 0) await acceptEvents(context, { events });
  const row = await recipientRow(sql, recipient.environmentId, recipient.id);
  if (row === undefined) throw new Error("an upsert left no row");
  return row;
};

export const getRecipient: Call<"getRecipient"> = ({ sql }, { environmentId, id }) =>
  recipientRow(sql, environmentId, id);

/** Of what lies at the recipient, the row first: who adds to its inbox holds that, and adds nothing behind this. */
export const deleteRecipient: Call<"deleteRecipient"> = async ({ sql, webhooks }, { environmentId, id, told }) => {
  await removeSubscriber(sql, environmentId, id);
  const [deleted] = await Promise.all([
    sql.get("delete from recipient where environment_id = $1 and id = $2 returning profile", environmentId, id),
    sql.run("delete from address where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from opt_out where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from attention where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from engagement where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from inbox where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from inbox_item where environment_id = $1 and recipient = $2", environmentId, id),
    sql.run("delete from inbox_change where environment_id = $1 and recipient = $2", environmentId, id),
  ]);
  if (deleted !== undefined && told !== undefined)
    webhooks.recipient(erasureOf(told, environmentId, id, text(deleted, "profile")));
  return deleted !== undefined;
};

async function recipientRow(sql: Session, environmentId: number, id: string): Promise<RecipientRow | undefined> {
  const row = await sql.get("select * from recipient where environment_id = $1 and id = $2", environmentId, id);
  if (row === undefined) return undefined;
  return { ...recipientOfRow(row, environmentId, id), createdAt: integer(row, "created_at") };
}
