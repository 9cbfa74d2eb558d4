import type { RecipientRecord } from "../../../ports/store/orchestrate.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { integer, text } from "../rows.ts";

export const loadRecipients: Call<"loadRecipients"> = ({ database }, { keys }) =>
  keys.flatMap(({ environmentId, id }) => recipientRecord(database, environmentId, id) ?? []);

export function recipientRecord(database: Database, environmentId: number, id: string): RecipientRecord | undefined {
  const row = database.get(
    "select wrapped_key, profile, sealed, updated_at, version from recipient where environment_id = ? and id = ?",
    environmentId,
    id,
  );
  if (row === undefined) return undefined;
  return {
    environmentId,
    id,
    wrappedKey: text(row, "wrapped_key"),
    profile: text(row, "profile"),
    sealed: text(row, "sealed"),
    updatedAt: integer(row, "updated_at"),
    version: integer(row, "version"),
  };
}
