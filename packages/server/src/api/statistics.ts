import { limits } from "@tidings/contract/limits";
import {
  type StatisticDimension,
  type Statistics,
  type StatisticsQuery,
  statisticDimensions,
  statisticsQuerySchema,
} from "@tidings/contract/statistics";
import { type StatisticSpan, statisticSpan, unitMinutes } from "../domain/statistic-span.ts";
import { TidingsError } from "../errors.ts";
import type { StatisticPlace, StatisticQuery } from "../ports/store/statistics.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { StatisticTable } from "./statistic-table.ts";
import { valid } from "./validation.ts";
import { iso } from "./views.ts";

const minuteMs = 60_000;
const spanDefaultMs = 24 * 60 * minuteMs;
const groupsDefault = 100;

type StatisticDependencies = Pick<ApiDependencies, "store" | "clock" | "statistics">;

export function statisticHandlers(on: StatisticDependencies): Handlers {
  return {
    getStatistics: async (request, { environmentId }): Promise<Statistics> => {
      const query = valid(statisticsQuerySchema, request.query);
      const { fromMinute, toMinute } = spanOf(query, on);
      const groupBy = statisticDimensions.filter((each) => query.groupBy?.split(",").includes(each));
      const asked = { environmentId, fromMinute, toMinute, groupBy, where: filtersOf(query) };
      const unit = query.interval === undefined ? 0 : unitMinutes[query.interval];
      const table = await tableOf({ ...asked, unitMinutes: unit }, on);
      return {
        from: iso(fromMinute * minuteMs),
        to: iso(toMinute * minuteMs),
        interval: query.interval,
        ...table.view(query.limit ?? groupsDefault),
      };
    },
  };
}

function spanOf(query: StatisticsQuery, { clock, statistics }: StatisticDependencies): StatisticSpan {
  const now = clock.now();
  const to = query.to === undefined ? now : Date.parse(query.to);
  const from = query.from === undefined ? to - spanDefaultMs : Date.parse(query.from);
  const { interval } = query;
  if (from >= to) throw refused("from", "must be before to");
  const keeping = {
    minutesMs: statistics.minutesKeptHours * 3_600_000,
    hoursMs: statistics.hoursKeptDays * 86_400_000,
  };
  const span = statisticSpan({ from, to, interval }, now, keeping);
  if (span === undefined) throw refused("interval", `is finer than what is kept of ${iso(from)}: take a longer one`);
  const points = interval === undefined ? 0 : (span.toMinute - span.fromMinute) / unitMinutes[interval];
  if (points > limits.statisticPoints)
    throw refused("interval", `would give ${points} points, more than ${limits.statisticPoints}: take a longer one`);
  return span;
}

function filtersOf(query: StatisticsQuery): Partial<Record<StatisticDimension, string>> {
  const given = statisticDimensions.flatMap((each) => {
    const value = query[each];
    return value === undefined ? [] : [[each, value] as const];
  });
  return Object.fromEntries(given);
}

/** Part by part: what else there is to be done in the store has its turn in between. */
async function tableOf(
  query: Omit<StatisticQuery, "after" | "rowsMax">,
  { store, statistics: { partRowsMax, partsMax } }: StatisticDependencies,
): Promise<StatisticTable> {
  const table = new StatisticTable(query.groupBy, query.unitMinutes > 0);
  let after: StatisticPlace | undefined;
  for (let part = 0; part < partsMax; part += 1) {
    const { sums, next } = await store.sumStatistics({ ...query, after, rowsMax: partRowsMax });
    for (const sum of sums) table.add(sum);
    if (table.size > limits.statisticPointsOfAll)
      throw refused(
        query.unitMinutes > 0 ? "interval" : "groupBy",
        `would give more than ${limits.statisticPointsOfAll} figures: take a longer interval, a shorter time or a filter`,
      );
    if (next === undefined) return table;
    after = next;
  }
  throw refused("from", `more than ${partsMax * partRowsMax} sums are to be read: take a shorter time`);
}

function refused(path: string, message: string): TidingsError {
  return new TidingsError("validation_failed", { faults: [{ path, message }] });
}
