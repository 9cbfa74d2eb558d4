import { integer, text } from "../../sql/columns.ts";
import { countedTables, oldSql } from "../../sql/old-campaigns.ts";
import type { Call } from "../context.ts";

const ofPart = "part.event_id = old.id";
const oldSqls = { campaign: oldSql("campaign", ["?", "?"], ofPart), replay: oldSql("replay", ["?", "?"], ofPart) };
const sumsGoneSql = `delete from campaign_count where (environment_id, event_id, minute, metric, slot) in
  (select environment_id, event_id, minute, metric, slot from campaign_count where environment_id = ? and event_id = ? limit ?)`;
const goneSqls = {
  campaign: "delete from campaign where environment_id = ? and id = ?",
  replay: "delete from replay where environment_id = ? and id = ?",
};

export const purgeCampaigns: Call<"purgeCampaigns"> = ({ database }, { before, limit }) => {
  let purged = 0;
  for (const table of countedTables) {
    for (const row of database.all(oldSqls[table], before, limit - purged)) {
      const key = [integer(row, "environment_id"), text(row, "id")] as const;
      purged += database.run(sumsGoneSql, ...key, limit - purged);
      // What is left of its sums is found by its row.
      if (purged >= limit) return purged;
      purged += database.run(goneSqls[table], ...key);
      if (purged >= limit) return purged;
    }
  }
  return purged;
};
