import type { CampaignSum } from "../sql/campaign-sums.ts";
import type { Database } from "./database.ts";

/** Messages of an event with topics that is no campaign or replay are counted by nobody. */
const addedSql = `insert into campaign_count (environment_id, event_id, minute, metric, slot, value)
  select ?1, ?2, ?3, ?4, 0, ?5 where exists (select 1 from campaign where environment_id = ?1 and id = ?2)
    or exists (select 1 from replay where environment_id = ?1 and id = ?2)
  on conflict do update set value = value + excluded.value`;

export function addCampaignSums(database: Database, sums: readonly CampaignSum[]): void {
  for (const { environmentId, eventId, minute, metric, value } of sums)
    database.run(addedSql, environmentId, eventId, minute, metric, value);
}
