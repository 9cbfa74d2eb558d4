import type { RecipientRecord } from "../../../ports/store/orchestrate.ts";
import { integer, type SqlRow, text, textOrNull } from "../columns.ts";

export function recipientOfRow(row: SqlRow, environmentId: number, id: string): RecipientRecord {
  return {
    environmentId,
    id,
    wrappedKey: text(row, "wrapped_key"),
    profile: text(row, "profile"),
    sealed: text(row, "sealed"),
    updatedAt: integer(row, "updated_at"),
    version: integer(row, "version"),
    choices: textOrNull(row, "choices"),
  };
}
