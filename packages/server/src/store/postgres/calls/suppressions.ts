import { type SuppressionKey, type SuppressionRow, suppressionIdOf } from "../../../domain/suppression.ts";
import { channelCode } from "../../sql/codes.ts";
import { outweighsSoftBounces } from "../../sql/feedback.ts";
import { suppressionKey, suppressionRow } from "../../sql/rows/suppression.ts";
import { scannedMax } from "../../sql/scanned-max.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";
import { releaseSoftBounces } from "./soft-bounces.ts";

/** Rows of one statement, so that its text stays small. */
const rowsMax = 5000;

/** In the order of their key: two that add the same would else wait for each other. */
const addedSql = `insert into suppression (environment_id, channel, address_hash, scope, value, reason, created_at)
  select $1, channel, address_hash, scope, value, reason, created_at
  from json_to_recordset($2) as r (channel smallint, address_hash text, scope text, value text, reason text, created_at bigint)
  order by channel, address_hash collate "C", scope collate "C", value collate "C"
  on conflict (environment_id, channel, address_hash, scope, value)
    do update set reason = excluded.reason, created_at = excluded.created_at where ${outweighsSoftBounces}`;

export const addSuppressions: Call<"addSuppressions"> = async (
  { sql },
  { environmentId, suppressions, release = [] },
) => {
  if (release.length > 0) await deleteSuppressions(sql, environmentId, release);
  return insertSuppressions(sql, environmentId, suppressions);
};

/** Gives how many are new. */
export async function insertSuppressions(
  sql: Session,
  environmentId: number,
  suppressions: readonly SuppressionRow[],
): Promise<number> {
  // A statement may write a row once: of two alike the first counts.
  const distinct = new Map(suppressions.toReversed().map((suppression) => [suppressionIdOf(suppression), suppression]));
  const rows = [...distinct.values()]
    .map((suppression) => ({
      ...columnsOf(suppression),
      reason: suppression.reason,
      created_at: suppression.createdAt,
    }))
    .toSorted((a, b) => a.channel - b.channel || (a.address_hash < b.address_hash ? -1 : 1));
  let added = 0;
  for (let at = 0; at < rows.length; at += rowsMax)
    added += await sql.run(addedSql, environmentId, JSON.stringify(rows.slice(at, at + rowsMax)));
  return added;
}

const scannedSql = `select * from suppression where environment_id = $1
  and (channel, address_hash, scope, value) > ($2::smallint, $3::text, $4::text, $5::text)
  and channel between $6::smallint and $7::smallint
  order by channel, address_hash, scope, value limit ${scannedMax}`;
const ofAddressSql = `select * from suppression where environment_id = $1
  and (channel, address_hash, scope, value) > ($2::smallint, $3::text, $4::text, $5::text)
  and channel between $6::smallint and $7::smallint and address_hash = $8
  and ($9::text is null or scope = $9) order by channel, address_hash, scope, value limit $10`;
const pageSql = `select * from (${scannedSql}) as scanned where $8::text is null or scope = $8
  order by channel, address_hash, scope, value limit $9`;
const lastSql = `select * from (${scannedSql}) as scanned limit 1 offset ${scannedMax - 1}`;

/** A scope has no index, so a page looks at so many rows and no further. */
export const listSuppressions: Call<"listSuppressions"> = async ({ sql }, query) => {
  const { environmentId, after, channel, addressHash, scope = null, limit } = query;
  const [low, high] = channel === undefined ? [0, 99] : [channelCode[channel], channelCode[channel]];
  const begin = after === undefined ? [-1, "", "", ""] : Object.values(columnsOf(after));
  const from = [environmentId, ...begin, low, high];
  const rows =
    addressHash === undefined
      ? await sql.all(pageSql, ...from, scope, limit)
      : await sql.all(ofAddressSql, ...from, addressHash, scope, limit);
  const items = rows.map(suppressionRow);
  if (items.length === limit) return { items, next: items.at(-1) };
  if (addressHash !== undefined) return { items, next: undefined };
  const last = await sql.get(lastSql, ...from);
  return { items, next: last === undefined ? undefined : suppressionKey(last) };
};

const removedSql = `delete from suppression s
  using json_to_recordset($2) as r (channel smallint, address_hash text, scope text, value text)
  where s.environment_id = $1 and s.channel = r.channel and s.address_hash = r.address_hash and s.scope = r.scope
    and s.value = r.value`;

export const removeSuppressions: Call<"removeSuppressions"> = async ({ sql }, { environmentId, keys }) => {
  await releaseSoftBounces(sql, environmentId, keys);
  return deleteSuppressions(sql, environmentId, keys);
};

/** Gives how many there were. */
export function deleteSuppressions(
  sql: Session,
  environmentId: number,
  keys: readonly SuppressionKey[],
): Promise<number> {
  return sql.run(removedSql, environmentId, JSON.stringify(keys.map(columnsOf)));
}

function columnsOf({ channel, addressHash, scope, value }: SuppressionKey) {
  return { channel: channelCode[channel], address_hash: addressHash, scope, value };
}
