import type { SuppressionKey, SuppressionRow } from "../../../domain/suppression.ts";
import { channelCode } from "../../sql/codes.ts";
import { outweighsSoftBounces } from "../../sql/feedback.ts";
import { suppressionKey, suppressionRow } from "../../sql/rows/suppression.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";
import { releaseSoftBounces } from "./soft-bounces.ts";

const addedSql = `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
  values (?, ?, ?, ?, ?, ?, ?)
  on conflict do update set reason = excluded.reason, created_at = excluded.created_at where ${outweighsSoftBounces}`;

export const addSuppressions: Call<"addSuppressions"> = (
  { database },
  { environmentId, suppressions, release = [] },
) => {
  deleteSuppressions(database, environmentId, release);
  return insertSuppressions(database, environmentId, suppressions);
};

/** Gives how many are new. */
export function insertSuppressions(
  database: Database,
  environmentId: number,
  suppressions: readonly SuppressionRow[],
): number {
  let added = 0;
  for (const suppression of suppressions) {
    const { reason, createdAt } = suppression;
    added += database.run(addedSql, environmentId, ...columnsOf(suppression), reason, createdAt);
  }
  return added;
}

const scannedSql = `select * from suppression where environment_id = ?1
  and (channel, address_hash, scope, value) > (?2, ?3, ?4, ?5) and channel between ?6 and ?7
  order by channel, address_hash, scope, value limit ${scannedMax}`;
const ofAddressSql = `select * from suppression where environment_id = ?1
  and (channel, address_hash, scope, value) > (?2, ?3, ?4, ?5) and channel between ?6 and ?7 and address_hash = ?8
  and (?9 is null or scope = ?9) order by channel, address_hash, scope, value limit ?10`;
const pageSql = `select * from (${scannedSql}) where ?8 is null or scope = ?8
  order by channel, address_hash, scope, value limit ?9`;
const lastSql = `select * from (${scannedSql}) limit 1 offset ${scannedMax - 1}`;

/** A scope has no index, so a page looks at so many rows and no further. */
export const listSuppressions: Call<"listSuppressions"> = ({ database }, query) => {
  const { environmentId, after, channel, addressHash, scope = null, limit } = query;
  const channels = channel === undefined ? [0, 99] : [channelCode[channel], channelCode[channel]];
  const [low = 0, high = 0] = channels;
  const from = [environmentId, ...(after === undefined ? [-1, "", "", ""] : columnsOf(after)), low, high] as const;
  const rows =
    addressHash === undefined
      ? database.all(pageSql, ...from, scope, limit)
      : database.all(ofAddressSql, ...from, addressHash, scope, limit);
  const items = rows.map(suppressionRow);
  if (items.length === limit) return { items, next: items.at(-1) };
  if (addressHash !== undefined) return { items, next: undefined };
  const last = database.get(lastSql, ...from);
  return { items, next: last === undefined ? undefined : suppressionKey(last) };
};

const removedSql = `delete from suppression
  where environment_id = ? and channel = ? and address_hash = ? and scope = ? and value = ?`;

export const removeSuppressions: Call<"removeSuppressions"> = ({ database }, { environmentId, keys }) => {
  releaseSoftBounces(database, environmentId, keys);
  return deleteSuppressions(database, environmentId, keys);
};

/** Gives how many there were. */
export function deleteSuppressions(database: Database, environmentId: number, keys: readonly SuppressionKey[]): number {
  return keys.reduce((removed, key) => removed + database.run(removedSql, environmentId, ...columnsOf(key)), 0);
}

function columnsOf({ channel, addressHash, scope, value }: SuppressionKey): [number, string, string, string] {
  return [channelCode[channel], addressHash, scope, value];
}
