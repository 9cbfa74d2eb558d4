import { text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";

/** Waits for whoever has just come with the same key. */
const claimedSql = `insert into feedback_once as f (environment_id, key_hash, body_hash, expires_at) values ($1, $2, $3, $4)
  on conflict (environment_id, key_hash) do update set body_hash = excluded.body_hash, expires_at = excluded.expires_at
  where f.expires_at <= $5`;
const knownSql = "select body_hash from feedback_once where environment_id = $1 and key_hash = $2";

export const claimOnce: Call<"claimOnce"> = async ({ sql }, { environmentId, keyHash, bodyHash, expiresAt, now }) => {
  if ((await sql.run(claimedSql, environmentId, keyHash, bodyHash, expiresAt, now)) > 0) return true;
  const known = await sql.get(knownSql, environmentId, keyHash);
  return known !== undefined && text(known, "body_hash") === bodyHash;
};
