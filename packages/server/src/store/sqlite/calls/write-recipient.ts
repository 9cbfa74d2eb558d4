import type { RecipientWrite } from "../../../ports/store/orchestrate.ts";
import { integer, text } from "../../sql/columns.ts";
import { isNews } from "../../sql/told-write.ts";
import type { CallContext } from "../context.ts";
import type { Database } from "../database.ts";

/** Writes a recipient with what endpoints are to be told of it; false where what is stored is newer. */
export function writeToldRecipient({ database, webhooks }: CallContext, write: RecipientWrite): boolean {
  const version = writeRecipient(database, write);
  if (version === undefined) return false;
  if (write.told !== undefined && isNews(write.told, version)) webhooks.recipient(write.told.webhook);
  return true;
}

/**
 * Upsert that never writes over newer data: then it gives nothing, else the row's version. Where somebody else made the recipient meanwhile, the
 * row has another key than the one that sealed this write: it throws, and the caller's turn runs again from a new read.
 */
export function writeRecipient(database: Database, write: RecipientWrite): number | undefined {
  const written = database.get(
    `insert into recipient (environment_id, id, wrapped_key, profile, sealed, version, created_at, updated_at)
     values (?, ?, ?, ?, ?, 1, ?, ?)
     on conflict do update set profile = excluded.profile, sealed = excluded.sealed, version = version + 1, updated_at = excluded.updated_at
     where updated_at <= excluded.updated_at and wrapped_key = excluded.wrapped_key
     returning version`,
    write.environmentId,
    write.id,
    write.wrappedKey,
    write.profile,
    write.sealed,
    write.createdAt,
    write.updatedAt,
  );
  if (written === undefined) {
    const row = database.get(
      "select wrapped_key, updated_at from recipient where environment_id = ? and id = ?",
      write.environmentId,
      write.id,
    );
    if (
      row !== undefined &&
      text(row, "wrapped_key") !== write.wrappedKey &&
      integer(row, "updated_at") <= write.updatedAt
    ) {
      throw new Error("a recipient was made by somebody else meanwhile");
    }
    return undefined;
  }
  database.run("delete from address where environment_id = ? and recipient = ?", write.environmentId, write.id);
  for (const address of write.addresses) {
    database.run(
      "insert or ignore into address (environment_id, channel, hash, recipient) values (?, ?, ?, ?)",
      write.environmentId,
      address.channel,
      address.hash,
      write.id,
    );
  }
  return integer(written, "version");
}
