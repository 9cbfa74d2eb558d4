import { type CountedTable, countedTables, oldSql } from "../../sql/old-campaigns.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";

const ofPart = "part.environment_id = old.environment_id and part.event_id = old.id";
const oldSqls = {
  campaign: oldSql("campaign", ["$1", "$2"], ofPart),
  replay: oldSql("replay", ["$1", "$2"], ofPart),
};
const keys = "json_to_recordset($1) as r (environment_id int, id uuid)";
const sumsGoneSql = `delete from campaign_count where ctid = any (array(
  select c.ctid from ${keys} join campaign_count as c on c.environment_id = r.environment_id and c.event_id = r.id and ${few} limit $2))`;
/** One to whose sums somebody has just added is left to the next call. */
const goneSql = (table: CountedTable): string => `delete from ${table} as old using ${keys}
  where old.environment_id = r.environment_id and old.id = r.id and ${few}
    and not exists (select 1 from campaign_count as c where c.environment_id = old.environment_id and c.event_id = old.id)`;
const goneSqls = { campaign: goneSql("campaign"), replay: goneSql("replay") };

export const purgeCampaigns: Call<"purgeCampaigns"> = async ({ sql }, { before, limit }) => {
  let purged = 0;
  for (const table of countedTables) {
    if (purged >= limit) break;
    const old = await sql.all(oldSqls[table], before, limit - purged);
    if (old.length === 0) continue;
    purged += await sql.run(sumsGoneSql, JSON.stringify(old), limit - purged);
    // What is left of their sums is found by their rows.
    if (purged >= limit) break;
    purged += await sql.run(goneSqls[table], JSON.stringify(old.slice(0, limit - purged)));
  }
  return purged;
};
