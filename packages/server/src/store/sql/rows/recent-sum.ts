import { channels, lanes } from "@tidings/contract/words";
import { statisticMetrics } from "../../../domain/statistic.ts";
import type { RecentSum } from "../../../ports/store/maintenance.ts";
import { integer, type SqlRow, word } from "../columns.ts";

export function recentSum(row: SqlRow): RecentSum {
  return {
    metric: word(row, "metric", statisticMetrics),
    lane: word(row, "lane", lanes),
    channel: row["channel"] === "" ? undefined : word(row, "channel", channels),
    value: integer(row, "value"),
  };
}
