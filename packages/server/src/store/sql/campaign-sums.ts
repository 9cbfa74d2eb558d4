import { leftQueue } from "../../domain/statistic.ts";
import { type SqlRow, text } from "./columns.ts";
import { rowNameOf, type Sum } from "./counted.ts";

/** A sum of a campaign. `minute` is 0 for all time. */
export interface CampaignSum {
  environmentId: number;
  eventId: string;
  metric: string;
  minute: number;
  value: number;
}

/** Metric, by minute, of messages that have left their queue. */
export const leftMetric = "left";
/** In front of the reason why something was not sent. */
export const skippedPrefix = "skipped:";

/** The event of a message that counts for a campaign, of a row with the columns that tell it. */
export function campaignOf(row: SqlRow): string | undefined {
  return row["expanded"] === 1 ? text(row, "event_id") : undefined;
}

/** A turn's sums as statistics have them, which know no campaigns: each row once. */
export function withoutCampaigns(sums: readonly Sum[]): readonly Sum[] {
  if (sums.every(({ labels }) => labels.campaign === undefined)) return sums;
  const merged = new Map<string, Sum>();
  for (const sum of sums) {
    const name = rowNameOf(sum);
    const known = merged.get(name);
    if (known === undefined) merged.set(name, { ...sum });
    else {
      known.value += sum.value;
      known.cost += sum.cost;
    }
  }
  return [...merged.values()];
}

/** The same as campaigns have them: each row once, in the order of its key. */
export function campaignSums(sums: readonly Sum[]): readonly CampaignSum[] {
  const rows = new Map<string, CampaignSum>();
  const add = (row: CampaignSum) => {
    const name = `${row.environmentId}|${row.eventId}|${row.minute}|${row.metric}`;
    const known = rows.get(name);
    if (known === undefined) rows.set(name, row);
    else known.value += row.value;
  };
  for (const { labels, metric, minute, value } of sums) {
    if (labels.campaign === undefined) continue;
    const of = { environmentId: labels.environmentId, eventId: labels.campaign, value };
    add({ ...of, metric, minute: 0 });
    if (leftQueue.has(metric)) add({ ...of, metric: leftMetric, minute });
  }
  return [...rows.keys()].sort().flatMap((name) => rows.get(name) ?? []);
}
