import type { RecipientRow } from "../../../ports/store/recipients.ts";
import { integer } from "../../sql/columns.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { acceptEvents } from "./accept-events.ts";
import { recipientRecord } from "./load-recipients.ts";
import { removeSubscriber } from "./subscriptions.ts";
import { writeRecipient } from "./write-recipient.ts";

export const putRecipient: Call<"putRecipient"> = (context, { recipient, events = [] }) => {
  const { database } = context;
  if (writeRecipient(database, recipient)) acceptEvents(context, { events });
  const row = recipientRow(database, recipient.environmentId, recipient.id);
  if (row === undefined) throw new Error("an upsert left no row");
  return row;
};

export const getRecipient: Call<"getRecipient"> = ({ database }, { environmentId, id }) =>
  recipientRow(database, environmentId, id);

export const deleteRecipient: Call<"deleteRecipient"> = ({ database }, { environmentId, id }) => {
  removeSubscriber(database, environmentId, id);
  database.run("delete from address where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox_item where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox_change where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from inbox where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from opt_out where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from attention where environment_id = ? and recipient = ?", environmentId, id);
  database.run("delete from engagement where environment_id = ? and recipient = ?", environmentId, id);
  return database.run("delete from recipient where environment_id = ? and id = ?", environmentId, id) === 1;
};

function recipientRow(database: Database, environmentId: number, id: string): RecipientRow | undefined {
  const record = recipientRecord(database, environmentId, id);
  const row = database.get("select created_at from recipient where environment_id = ? and id = ?", environmentId, id);
  return record === undefined || row === undefined ? undefined : { ...record, createdAt: integer(row, "created_at") };
}
