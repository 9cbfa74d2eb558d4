import { channels, lanes } from "@tidings/contract/words";
import { statisticMetrics } from "../../../domain/statistic.ts";
import type { RecentSum } from "../../../ports/store/maintenance.ts";
import { integer, type SqlRow, text } from "../columns.ts";

export function recentSum(row: SqlRow): RecentSum {
  return {
    metric: oneOf(statisticMetrics, text(row, "metric")),
    lane: oneOf(lanes, text(row, "lane")),
    channel: row["channel"] === "" ? undefined : oneOf(channels, text(row, "channel")),
    value: integer(row, "value"),
  };
}

function oneOf<Word extends string>(words: readonly Word[], word: string): Word {
  const known = words.find((each) => each === word);
  if (known === undefined) throw new RangeError(`stored word ${word} is not known`);
  return known;
}
