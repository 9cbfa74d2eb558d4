import { campaignSums, withoutCampaigns } from "../sql/campaign-sums.ts";
import type { StatisticSums } from "../sql/statistics.ts";
import { addCampaignSums } from "./campaign-sums.ts";
import type { Session } from "./session.ts";

const addedSql = `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, slot, value)
  select environment_id, minute, metric, channel, lane, category, tenant, integration, pg_backend_pid(), value
  from json_to_recordset($1) as r (environment_id int, minute int, metric text, channel text, lane text, category text,
    tenant text, integration text, value bigint)
  on conflict (environment_id, minute, metric, channel, lane, category, tenant, integration, slot)
  do update set value = statistic.value + excluded.value`;

/** Adds a call's sums to those of their minutes, in a row of this connection: no call waits for another's. */
export async function writeStatistics(sql: Session, sums: StatisticSums): Promise<void> {
  const taken = sums.take();
  const ofCampaigns = addCampaignSums(sql, campaignSums(taken));
  const rows = withoutCampaigns(taken).map(({ labels, metric, integration, minute, value }) => ({
    environment_id: labels.environmentId,
    minute,
    metric,
    channel: labels.channel,
    lane: labels.lane,
    category: labels.category,
    tenant: labels.tenant,
    integration,
    value,
  }));
  if (rows.length > 0) await sql.run(addedSql, JSON.stringify(rows));
  await ofCampaigns;
}
