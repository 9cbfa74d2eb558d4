import { campaignSums, withoutCampaigns } from "../sql/campaign-sums.ts";
import type { StatisticSums } from "../sql/statistics.ts";
import { addCampaignSums } from "./campaign-sums.ts";
import type { Database } from "./database.ts";

/** Adds a turn's sums to those of their minutes. */
export function writeStatistics(database: Database, sums: StatisticSums): void {
  const taken = sums.take();
  addCampaignSums(database, campaignSums(taken));
  for (const { labels, metric, integration, minute, value } of withoutCampaigns(taken)) {
    database.run(
      `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, value)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict do update set value = value + excluded.value`,
      labels.environmentId,
      minute,
      metric,
      labels.channel,
      labels.lane,
      labels.category,
      labels.tenant,
      integration,
      value,
    );
  }
}
