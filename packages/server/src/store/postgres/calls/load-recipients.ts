import type { RecipientRecord } from "../../../ports/store/orchestrate.ts";
import { integer, text } from "../../sql/columns.ts";
import { recipientOfRow } from "../../sql/rows/recipient.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

export interface RecipientKey {
  environmentId: number;
  id: string;
}

export const loadRecipients: Call<"loadRecipients"> = async ({ sql }, { keys }) => {
  const found = await recipientsOf(sql, keys);
  return keys.flatMap((key) => found.get(recipientName(key)) ?? []);
};

export const recipientName = ({ environmentId, id }: RecipientKey): string => `${environmentId}:${id}`;

const foundSql = `select recipient.environment_id, recipient.id, wrapped_key, profile, sealed, updated_at, version, choices
  from json_to_recordset($1) as r (environment_id int, id text)
  join recipient on recipient.environment_id = r.environment_id and recipient.id = r.id and ${few}`;

/** Recipients by `recipientName`. */
export async function recipientsOf(
  sql: Session,
  keys: readonly RecipientKey[],
): Promise<ReadonlyMap<string, RecipientRecord>> {
  const wanted = new Map(keys.map((key) => [recipientName(key), { environment_id: key.environmentId, id: key.id }]));
  if (wanted.size === 0) return new Map();
  const rows = await sql.all(foundSql, JSON.stringify([...wanted.values()]));
  return new Map(
    rows.map((row) => {
      const key = { environmentId: integer(row, "environment_id"), id: text(row, "id") };
      return [recipientName(key), recipientOfRow(row, key.environmentId, key.id)];
    }),
  );
}
