import type { RecipientRecord } from "../../../ports/store/orchestrate.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

export const loadRecipients: Call<"loadRecipients"> = ({ database }, { keys }) =>
  keys.flatMap(({ environmentId, id }) => recipientRecord(database, environmentId, id) ?? []);

export function recipientRecord(database: Database, environmentId: number, id: string): RecipientRecord | undefined {
  const row = database.get(
    "select wrapped_key, profile, sealed, updated_at, version, choices from recipient where environment_id = ? and id = ?",
    environmentId,
    id,
  );
  return row === undefined ? undefined : recipientOfRow(row, environmentId, id);
}
