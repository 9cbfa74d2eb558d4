import type { StatisticDimension } from "@tidings/contract/statistics";
import type { StatisticMetric } from "../../domain/statistic.ts";

/** Place of a row among those of an environment, in the order of their key; an engine's own, and handed back as it was. */
export type StatisticPlace = readonly (string | number)[];

export interface StatisticQuery {
  environmentId: number;
  /** Minutes since 1970: from `fromMinute` to before `toMinute`. */
  fromMinute: number;
  toMinute: number;
  /** Minutes that are one point: sums of 60 from a multiple of 60 on are those of an hour. 0 for one sum of all. */
  unitMinutes: number;
  /** At most two. */
  groupBy: readonly StatisticDimension[];
  /** What rows have to have, each of them. */
  where: Readonly<Partial<Record<StatisticDimension, string>>>;
  /** Where a part before this one ended; undefined at the beginning. */
  after: StatisticPlace | undefined;
  /** Rows read in this part. */
  rowsMax: number;
}

export interface StatisticSum {
  /** First minute of its point; 0 where all is one. */
  minute: number;
  /** Along `groupBy`; empty for what has none. */
  group: readonly string[];
  metric: StatisticMetric;
  /** How long it took (domain/latency-bucket); 0 where that was not measured. */
  bucket: number;
  value: number;
  /** In millionths of the unit that prices are in. */
  cost: number;
}

export interface StatisticStore {
  /** Sums of one part of what was counted: a group may come in several parts. `next` is undefined where it was the last. */
  sumStatistics(input: StatisticQuery): Promise<{ sums: StatisticSum[]; next: StatisticPlace | undefined }>;
  /**
   * Adds minutes before `beforeMinute` to the first of their unit (an hour, a day), at most `limit` rows, from behind
   * `afterMinute` on. `folded` tells how many rows went; `next` is where to go on, undefined where nothing is left to fold.
   */
  foldStatistics(input: {
    unitMinutes: number;
    beforeMinute: number;
    afterMinute: number;
    limit: number;
  }): Promise<{ folded: number; next: number | undefined }>;
  /** Deletes what is of minutes before `beforeMinute`, at most `limit` rows; gives how many. */
  purgeStatistics(input: { beforeMinute: number; limit: number }): Promise<number>;
}
