import { campaignSums, withoutCampaigns } from "../sql/campaign-sums.ts";
import type { StatisticSums } from "../sql/statistics.ts";
import { addCampaignSums } from "./campaign-sums.ts";
import type { Session } from "./session.ts";

const addedSql = `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox,
    bucket, slot, value, cost)
  select environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox, bucket, pg_backend_pid(), value, cost
  from json_to_recordset($1) as r (environment_id int, minute int, metric text, channel text, lane text, category text,
    tenant text, integration text, workflow text, mailbox text, bucket smallint, value bigint, cost bigint)
  on conflict (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox, bucket, slot)
  do update set value = statistic.value + excluded.value, cost = statistic.cost + excluded.cost`;

/** Adds a call's sums to those of their minutes, in a row of this connection: no call waits for another's. */
export async function writeStatistics(sql: Session, sums: StatisticSums): Promise<void> {
  const taken = sums.take();
  const ofCampaigns = addCampaignSums(sql, campaignSums(taken));
  const rows = withoutCampaigns(taken).map(({ labels, metric, integration, mailbox, bucket, minute, value, cost }) => ({
    environment_id: labels.environmentId,
    minute,
    metric,
    channel: labels.channel,
    lane: labels.lane,
    category: labels.category,
    tenant: labels.tenant,
    integration,
    workflow: labels.workflow,
    mailbox,
    bucket,
    value,
    cost,
  }));
  if (rows.length > 0) await sql.run(addedSql, JSON.stringify(rows));
  await ofCampaigns;
}
