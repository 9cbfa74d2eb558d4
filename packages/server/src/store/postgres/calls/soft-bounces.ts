import { isForgotten } from "../../../domain/soft-bounces.ts";
import type { SuppressionKey } from "../../../domain/suppression.ts";
import { channelCode } from "../../sql/codes.ts";
import { addressPlace, placeValues, softBouncesOf } from "../../sql/soft-bounces.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";

/** As if something had been delivered with the last of them: the same ones, told again, count no more. */
const releasedSql = `update soft_bounce s set bounces = '',
    delivered_at = greatest(s.delivered_at, split_part(s.bounces, ' ', 1)::bigint)
  from json_to_recordset($2) as r (channel smallint, address_hash text)
  where s.environment_id = $1 and s.channel = r.channel and s.address_hash = r.address_hash and s.bounces <> ''`;

/** Whoever takes the suppression of an address away says that it is good. */
export async function releaseSoftBounces(
  sql: Session,
  environmentId: number,
  keys: readonly SuppressionKey[],
): Promise<void> {
  const rows = keys
    .filter(({ scope }) => scope === "everything")
    .map(({ channel, addressHash }) => ({ channel: channelCode[channel], address_hash: addressHash }));
  if (rows.length > 0) await sql.run(releasedSql, environmentId, JSON.stringify(rows));
}

const seenSql = `select environment_id, channel, address_hash, delivered_at, bounces from soft_bounce
  where (environment_id, channel, address_hash) > ($1::int, $2::smallint, $3::text)
  order by environment_id, channel, address_hash limit $4`;
/** What a report has changed since, or has locked, is passed. */
const forgottenSql = `delete from soft_bounce where ctid = any (array(
    select s.ctid from soft_bounce s
    join json_to_recordset($1) as r (environment_id int, channel smallint, address_hash text, delivered_at bigint, bounces text)
      on s.environment_id = r.environment_id and s.channel = r.channel and s.address_hash = r.address_hash
        and s.delivered_at is not distinct from r.delivered_at and s.bounces = r.bounces and ${few}
    for update of s skip locked))`;

export const sweepSoftBounces: Call<"sweepSoftBounces"> = async ({ sql }, { after, now, limit }) => {
  const rows = await sql.all(seenSql, ...placeValues(after), limit);
  const old = rows.filter((row) => isForgotten(softBouncesOf(row), now));
  if (old.length > 0) await sql.run(forgottenSql, JSON.stringify(old));
  const last = rows.at(-1);
  return last === undefined || rows.length < limit ? undefined : addressPlace(last);
};
