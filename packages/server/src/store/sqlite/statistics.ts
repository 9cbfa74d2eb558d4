import { campaignSums, withoutCampaigns } from "../sql/campaign-sums.ts";
import type { StatisticSums } from "../sql/statistics.ts";
import { addCampaignSums } from "./campaign-sums.ts";
import type { Database } from "./database.ts";

const addedSql = `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox,
    bucket, value, cost) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do update set value = value + excluded.value, cost = cost + excluded.cost`;

/** Adds a turn's sums to those of their minutes. */
export function writeStatistics(database: Database, sums: StatisticSums): void {
  const taken = sums.take();
  addCampaignSums(database, campaignSums(taken));
  for (const { labels, metric, integration, mailbox, bucket, minute, value, cost } of withoutCampaigns(taken)) {
    database.run(
      addedSql,
      labels.environmentId,
      minute,
      metric,
      labels.channel,
      labels.lane,
      labels.category,
      labels.tenant,
      integration,
      labels.workflow,
      mailbox,
      bucket,
      value,
      cost,
    );
  }
}
