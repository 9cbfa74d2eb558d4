import { text } from "../../sql/columns.ts";
import type { Call } from "../context.ts";

const claimedSql = `insert into feedback_once (environment_id, key_hash, body_hash, expires_at) values (?, ?, ?, ?)
  on conflict do update set body_hash = excluded.body_hash, expires_at = excluded.expires_at where expires_at <= ?`;
const knownSql = "select body_hash from feedback_once where environment_id = ? and key_hash = ?";

export const claimOnce: Call<"claimOnce"> = ({ database }, { environmentId, keyHash, bodyHash, expiresAt, now }) => {
  if (database.run(claimedSql, environmentId, keyHash, bodyHash, expiresAt, now) > 0) return true;
  const known = database.get(knownSql, environmentId, keyHash);
  return known !== undefined && text(known, "body_hash") === bodyHash;
};
