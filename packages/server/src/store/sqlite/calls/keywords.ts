import { channelCode } from "../../sql/codes.ts";
import { text } from "../../sql/columns.ts";
import { keywordAgain } from "../../sql/keywords.ts";
import type { Call } from "../context.ts";
import { deleteSuppressions, insertSuppressions } from "./suppressions.ts";

export const recordKeyword: Call<"recordKeyword"> = ({ database }, { environmentId, key, stops, at, reason, now }) => {
  const of = [environmentId, channelCode[key.channel], key.addressHash, key.scope, key.value] as const;
  const written = database.run(
    `insert into keyword (environment_id, channel, address_hash, scope, value, at, stops) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do update set at = excluded.at, stops = excluded.stops
     where at < excluded.at or (at = excluded.at and stops < excluded.stops)`,
    ...of,
    at,
    stops ? 1 : 0,
  );
  if (written === 0) {
    const known = database.get(
      "select at, stops from keyword where environment_id = ? and channel = ? and address_hash = ? and scope = ? and value = ?",
      ...of,
    );
    return keywordAgain(known, at, stops);
  }
  if (stops) insertSuppressions(database, environmentId, [{ ...key, reason, createdAt: now }]);
  else deleteSuppressions(database, environmentId, [key]);
  return "written";
};

export const recipientsAt: Call<"recipientsAt"> = ({ database }, { environmentId, channel, addressHash, limit }) => {
  const rows = database.all(
    "select recipient from address where environment_id = ? and channel = ? and hash = ? order by recipient limit ?",
    environmentId,
    channel,
    addressHash,
    limit,
  );
  return rows.map((row) => text(row, "recipient"));
};
