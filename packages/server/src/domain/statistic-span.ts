import type { StatisticInterval } from "@tidings/contract/statistics";

export const unitMinutes: Readonly<Record<StatisticInterval, number>> = { minute: 1, hour: 60, day: 1440 };

const minuteMs = 60_000;

/** For how long sums are kept by minute, and then by hour, ms; what is older is kept by day. */
export interface StatisticKeeping {
  minutesMs: number;
  hoursMs: number;
}

/** Edges, in minutes since 1970: what is before one is folded into hours, or days, or will be soon. */
export function foldEdges(now: number, { minutesMs, hoursMs }: StatisticKeeping): { hour: number; day: number } {
  const edge = (keptMs: number, unit: number): number => floorTo(Math.floor((now - keptMs) / minuteMs), unit);
  return { hour: edge(minutesMs, unitMinutes.hour), day: edge(Math.max(minutesMs, hoursMs), unitMinutes.day) };
}

export interface StatisticSpan {
  /** Minutes since 1970: from the one to before the other. */
  fromMinute: number;
  toMinute: number;
}

/**
 * The time that was asked for, widened to whole units: of the interval, and of what is kept there. Undefined where the interval is
 * finer than what is kept.
 */
export function statisticSpan(
  { from, to, interval }: { from: number; to: number; interval: StatisticInterval | undefined },
  now: number,
  keeping: StatisticKeeping,
): StatisticSpan | undefined {
  const edges = foldEdges(now, keeping);
  const keptAt = (minute: number): number =>
    minute < edges.day ? unitMinutes.day : minute < edges.hour ? unitMinutes.hour : 1;
  const own = interval === undefined ? 1 : unitMinutes[interval];
  const [first, end] = [Math.floor(from / minuteMs), Math.ceil(to / minuteMs)];
  if (interval !== undefined && own < keptAt(first)) return undefined;
  return {
    fromMinute: floorTo(first, Math.max(own, keptAt(first))),
    toMinute: -floorTo(-end, Math.max(own, keptAt(end - 1))),
  };
}

const floorTo = (value: number, unit: number): number => Math.floor(value / unit) * unit;
