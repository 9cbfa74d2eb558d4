import type { StatisticDimension, StatisticPoint, Statistics } from "@tidings/contract/statistics";
import { FigureSum } from "../domain/statistic-figures.ts";
import type { StatisticSum } from "../ports/store/statistics.ts";
import { iso, orNone } from "./views.ts";

const minuteMs = 60_000;

/** One group's figures: of the whole time, and by point where there is an interval. */
class Group {
  readonly values: readonly string[];
  readonly total = new FigureSum();
  readonly points = new Map<number, FigureSum>();

  constructor(values: readonly string[]) {
    this.values = values;
  }

  add(sum: StatisticSum): void {
    this.total.add(sum);
    const point = this.points.get(sum.minute) ?? new FigureSum();
    this.points.set(sum.minute, point);
    point.add(sum);
  }

  /** Points at which something happened, in order. */
  get series(): StatisticPoint[] {
    return [...this.points]
      .sort(([a], [b]) => a - b)
      .map(([minute, { figures }]) => ({ at: iso(minute * minuteMs), ...figures }));
  }
}

/** What parts of sums add up to, by group and point. */
export class StatisticTable {
  readonly #groupBy: readonly StatisticDimension[];
  readonly #hasPoints: boolean;
  readonly #total = new Group([]);
  readonly #groups = new Map<string, Group>();
  #points = 0;

  constructor(groupBy: readonly StatisticDimension[], hasPoints: boolean) {
    this.#groupBy = groupBy;
    this.#hasPoints = hasPoints;
  }

  /** Groups and points of groups that are held. */
  get size(): number {
    return this.#points;
  }

  add(sum: StatisticSum): void {
    this.#total.add(sum);
    if (this.#groupBy.length === 0) return;
    const name = sum.group.join("\n");
    const group = this.#groups.get(name) ?? new Group(sum.group);
    this.#groups.set(name, group);
    const before = group.points.size;
    group.add(sum);
    this.#points += group.points.size - before;
  }

  /** The busiest `limit` groups. */
  view(limit: number): Pick<Statistics, "total" | "groups" | "truncated"> {
    const sorted = [...this.#groups].sort(([a, one], [b, other]) =>
      one.total.volume === other.total.volume ? (a < b ? -1 : 1) : other.total.volume - one.total.volume,
    );
    return {
      total: this.#figuresOf(this.#total),
      groups: sorted.slice(0, limit).map(([, group]) => ({ by: this.#by(group), ...this.#figuresOf(group) })),
      truncated: sorted.length > limit,
    };
  }

  #figuresOf(group: Group) {
    return { ...group.total.figures, ...(this.#hasPoints ? { series: group.series } : {}) };
  }

  /** What is of none (a message before its attempt has no integration) is left out. */
  #by({ values }: Group): Partial<Record<StatisticDimension, string>> {
    return Object.fromEntries(
      this.#groupBy.flatMap((dimension, index) => {
        const value = orNone(values[index] ?? "");
        return value === undefined ? [] : [[dimension, value] as const];
      }),
    );
  }
}
