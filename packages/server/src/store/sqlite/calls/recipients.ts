import type { RecipientRow } from "../../../ports/store/recipients.ts";
import { integer, text } from "../../sql/columns.ts";
import { erasureOf } from "../../sql/told-write.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { acceptEvents } from "./accept-events.ts";
import { recipientRecord } from "./load-recipients.ts";
import { removeSubscriber } from "./subscriptions.ts";
import { writeToldRecipient } from "./write-recipient.ts";

export const putRecipient: Call<"putRecipient"> = (context, { recipient, events = [] }) => {
  const { database } = context;
  if (writeToldRecipient(context, recipient)) acceptEvents(context, { events });
  const row = recipientRow(database, recipient.environmentId, recipient.id);
  if (row === undefined) throw new Error("an upsert left no row");
  return row;
};

export const getRecipient: Call<"getRecipient"> = ({ database }, { environmentId, id }) =>
  recipientRow(database, environmentId, id);

export const deleteRecipient: Call<"deleteRecipient"> = ({ database, webhooks }, { environmentId, id, told }) => {
  removeSubscriber(database, environmentId, id);
  database.run("delete from address where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox_item where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox_change where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from opt_out where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from attention where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from engagement where environment_id = ? and recipient = ?", environmentId, id);
  const row = database.get(
    "delete from recipient where environment_id = ? and id = ? returning profile",
    environmentId,
    id,
  );
  if (row !== undefined && told !== undefined)
    webhooks.recipient(erasureOf(told, environmentId, id, text(row, "profile")));
  return row !== undefined;
};

function recipientRow(database: Database, environmentId: number, id: string): RecipientRow | undefined {
  const record = recipientRecord(database, environmentId, id);
  const row = database.get("select created_at from recipient where environment_id = ? and id = ?", environmentId, id);
  return record === undefined || row === undefined ? undefined : { ...record, createdAt: integer(row, "created_at") };
}
