import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { keywordAgain } from "../../sql/keywords.ts";
import type { Call } from "../context.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

const writtenSql = `insert into keyword as k (environment_id, channel, address_hash, scope, value, at, stops)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (environment_id, channel, address_hash, scope, value) do update set at = excluded.at, stops = excluded.stops
  where k.at < excluded.at or (k.at = excluded.at and k.stops < excluded.stops)`;
const knownSql = `select at, stops from keyword
  where environment_id = $1 and channel = $2 and address_hash = $3 and scope = $4 and value = $5`;

/** The word's row is locked from here on, so that two words of one number are heard one after the other. */
export const recordKeyword: Call<"recordKeyword"> = async ({ sql }, { environmentId, key, stops, at, reason, now }) => {
  const of = [environmentId, channelCode[key.channel], key.addressHash, key.scope, key.value];
  const written = await sql.run(writtenSql, ...of, at, stops ? 1 : 0);
  if (written === 0) return keywordAgain(await sql.get(knownSql, ...of), at, stops);
  if (stops) await insertSuppressions(sql, environmentId, [{ ...key, reason, createdAt: now }]);
  else await deleteSuppressions(sql, environmentId, [key]);
  return "written";
};

const addressedSql = `select recipient from address where environment_id = $1 and channel = $2 and hash = $3
  order by recipient limit $4`;

export const recipientsAt: Call<"recipientsAt"> = async ({ sql }, { environmentId, channel, addressHash, limit }) =>
  (await sql.all(addressedSql, environmentId, channel, addressHash, limit)).map((row) => text(row, "recipient"));
