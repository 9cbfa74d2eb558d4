import type { MarketingFigures } from "../../../domain/marketing-guard.ts";
import type { StatisticMetric } from "../../../domain/statistic.ts";
import type { StatisticPlace, StatisticStore } from "../../../ports/store/statistics.ts";

const minuteMs = 60_000;
/** What is counted in a minute may be committed a little after it: so many minutes are read anew. */
const lateMinutes = 2;

const nothing = (): MarketingFigures => ({ sent: 0, delivered: 0, bounced: 0, complained: 0 });
const isCounted = (metric: StatisticMetric): metric is keyof MarketingFigures & StatisticMetric => metric in nothing();

interface Parts {
  store: Pick<StatisticStore, "sumStatistics">;
  environmentId: number;
  /** Rows read in one call. */
  rowsMax: number;
}

/**
 * What became of an environment's marketing in the last hours, by integration, in memory: each look reads the last minutes of the
 * rollups alone. It holds one entry per integration and minute in which anything happened.
 */
export class MarketingSums {
  readonly #parts: Parts;
  #minutes = new Map<number, Map<string, MarketingFigures>>();
  /** Minutes before this one are read, and do not change any more. */
  #readTo = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads what was counted since the last look, and forgets what is older than `fromMs`. A look that fails is made up for by the next. */
  async read(fromMs: number, now: number): Promise<void> {
    const first = Math.floor(fromMs / minuteMs);
    const toMinute = Math.floor(now / minuteMs) + 1;
    const fromMinute = Math.max(first, this.#readTo);
    const read = await this.#sums(fromMinute, toMinute);
    for (const minute of this.#minutes.keys()) if (minute < first) this.#minutes.delete(minute);
    for (let minute = fromMinute; minute < toMinute; minute += 1) this.#minutes.delete(minute);
    for (const [minute, figures] of read) this.#minutes.set(minute, figures);
    this.#readTo = toMinute - 1 - lateMinutes;
  }

  /** Of the minutes from `fromMs` on: the one that it lies in is not counted where it has begun before. */
  of(integration: string, fromMs: number): MarketingFigures {
    const sum = nothing();
    for (const [minute, byIntegration] of this.#minutes) {
      const figures = minute * minuteMs < fromMs ? undefined : byIntegration.get(integration);
      if (figures === undefined) continue;
      sum.sent += figures.sent;
      sum.delivered += figures.delivered;
      sum.bounced += figures.bounced;
      sum.complained += figures.complained;
    }
    return sum;
  }

  async #sums(fromMinute: number, toMinute: number): Promise<Map<number, Map<string, MarketingFigures>>> {
    const { store, environmentId, rowsMax } = this.#parts;
    const where = { lane: "marketing" };
    const query = {
      environmentId,
      fromMinute,
      toMinute,
      unitMinutes: 1,
      groupBy: ["integration"],
      where,
      rowsMax,
    } as const;
    const read = new Map<number, Map<string, MarketingFigures>>();
    let after: StatisticPlace | undefined;
    do {
      const { sums, next } = await store.sumStatistics({ ...query, after });
      for (const { minute, group, metric, value } of sums) {
        const [integration = ""] = group;
        if (integration === "" || !isCounted(metric)) continue;
        const byIntegration = read.get(minute) ?? new Map<string, MarketingFigures>();
        const figures = byIntegration.get(integration) ?? nothing();
        figures[metric] += value;
        read.set(minute, byIntegration.set(integration, figures));
      }
      after = next;
    } while (after !== undefined);
    return read;
  }
}
