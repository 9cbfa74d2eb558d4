import { foldEdges } from "../domain/statistic-span.ts";
import type { StatisticStore } from "../ports/store/statistics.ts";

export interface StatisticRetention {
  minutesKeptHours: number;
  hoursKeptDays: number;
  retentionDays: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Folds minutes that are old into hours and hours into days, and deletes what is older still, a bounded number of rows per
 * transaction. Where it came to is in memory alone: it begins anew by passing over what is folded, a look per hour.
 */
export class StatisticFolder {
  readonly #store: Pick<StatisticStore, "foldStatistics" | "purgeStatistics">;
  readonly #kept: StatisticRetention;
  readonly #rowsMax: number;
  #hoursPlace = 0;
  #daysPlace = 0;

  constructor(
    store: Pick<StatisticStore, "foldStatistics" | "purgeStatistics">,
    kept: StatisticRetention,
    rowsMax: number,
  ) {
    this.#store = store;
    this.#kept = kept;
    this.#rowsMax = rowsMax;
  }

  /** Until nothing is left, or it has to stop. */
  async run(now: number, isStopped: () => boolean): Promise<void> {
    const { minutesKeptHours, hoursKeptDays, retentionDays } = this.#kept;
    const edges = foldEdges(now, { minutesMs: minutesKeptHours * hourMs, hoursMs: hoursKeptDays * dayMs });
    const limit = this.#rowsMax;
    const beforeMinute = Math.floor((now - retentionDays * dayMs) / minuteMs);
    for (let gone = limit; gone >= limit && !isStopped(); )
      gone = await this.#store.purgeStatistics({ beforeMinute, limit });
    // Days first: what is so old need not be folded twice.
    this.#daysPlace = await this.#fold(1440, edges.day, this.#daysPlace, isStopped);
    this.#hoursPlace = await this.#fold(60, edges.hour, Math.max(this.#hoursPlace, edges.day), isStopped);
  }

  async #fold(unitMinutes: number, beforeMinute: number, from: number, isStopped: () => boolean): Promise<number> {
    let place = from;
    while (!isStopped()) {
      const { next } = await this.#store.foldStatistics({
        unitMinutes,
        beforeMinute,
        afterMinute: place,
        limit: this.#rowsMax,
      });
      if (next === undefined) return place;
      place = next;
    }
    return place;
  }
}
