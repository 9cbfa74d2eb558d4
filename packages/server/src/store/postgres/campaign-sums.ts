import type { CampaignSum } from "../sql/campaign-sums.ts";
import type { Session } from "./session.ts";

/** Messages of an event with topics that is no campaign or replay are counted by nobody. */
const addedSql = `insert into campaign_count (environment_id, event_id, minute, metric, slot, value)
  select r.environment_id, r.event_id, r.minute, r.metric, pg_backend_pid(), r.value
  from json_to_recordset($1) as r (environment_id int, event_id uuid, minute int, metric text, value bigint)
  where exists (select 1 from campaign where campaign.environment_id = r.environment_id and campaign.id = r.event_id)
    or exists (select 1 from replay where replay.environment_id = r.environment_id and replay.id = r.event_id)
  on conflict (environment_id, event_id, minute, metric, slot) do update set value = campaign_count.value + excluded.value`;

/** In rows of this connection: no call waits for another's. */
export async function addCampaignSums(sql: Session, sums: readonly CampaignSum[]): Promise<void> {
  if (sums.length === 0) return;
  const rows = sums.map(({ environmentId, eventId, minute, metric, value }) => ({
    environment_id: environmentId,
    event_id: eventId,
    minute,
    metric,
    value,
  }));
  await sql.run(addedSql, JSON.stringify(rows));
}
