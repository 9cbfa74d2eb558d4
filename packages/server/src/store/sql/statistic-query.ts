import { statisticDimensions as dimensions, type StatisticDimension } from "@tidings/contract/statistics";
import { statisticMetrics } from "../../domain/statistic.ts";
import type { StatisticPlace, StatisticQuery, StatisticSum } from "../../ports/store/statistics.ts";
import { integer, type SqlRow, type SqlValue, text } from "./columns.ts";

/** Column of each dimension. */
const columnOf: Readonly<Record<StatisticDimension, string>> = {
  channel: "channel",
  lane: "lane",
  category: "category",
  tenant: "tenant",
  workflow: "workflow",
  integration: "integration",
  mailboxProvider: "mailbox",
};
/** Columns of the table's key behind the environment, in its order. PostgreSQL's ends with `slot`. */
export const keyColumns = [
  "minute",
  "metric",
  "channel",
  "lane",
  "category",
  "tenant",
  "integration",
  "workflow",
  "mailbox",
  "bucket",
] as const;

/** Units that one call of `foldStatistics` passes over where nothing is to be folded, so that none takes long. */
export const hopsMax = 100;

/** Before every row of a minute. */
export function placeAt(minute: number, columns: readonly string[]): StatisticPlace {
  return columns.map((column) => (column === "minute" ? minute : column === "bucket" || column === "slot" ? 0 : ""));
}

export function placeOf(row: SqlRow, columns: readonly string[]): StatisticPlace {
  return columns.map((column) => {
    const value = row[column];
    if (typeof value === "string" || typeof value === "number") return value;
    throw new TypeError(`statistic.${column} is no part of a key`);
  });
}

interface Dialect {
  /** In front of a value's number. */
  mark: "?" | "$";
  columns: readonly string[];
}

/** Values of a statement, numbered from `from`. */
const marks = ({ mark, columns }: Dialect, from: number): string =>
  columns.map((_, index) => `${mark}${from + index}`).join(", ");

/** SQL: where the part behind this one begins, as many rows further on, by the key alone. Values: `nextValues`. */
export function nextSql(dialect: Dialect): string {
  const { mark, columns } = dialect;
  const key = columns.join(", ");
  return `select ${key} from statistic
    where environment_id = ${mark}1 and minute >= ${mark}2 and minute < ${mark}3 and (${key}) >= (${marks(dialect, 5)})
    order by ${key} limit 1 offset ${mark}4`;
}

export function nextValues({ environmentId, toMinute, rowsMax }: StatisticQuery, from: StatisticPlace): SqlValue[] {
  return [environmentId, from[0] ?? 0, toMinute, rowsMax, ...from];
}

/**
 * SQL: the sums of a part. Values: `partValues`. Its text differs by what is grouped by alone, so that there are few statements; a
 * filter that is null leaves its column open.
 */
export function partSql(dialect: Dialect, { groupBy }: Pick<StatisticQuery, "groupBy">): string {
  const { mark, columns } = dialect;
  const key = columns.join(", ");
  const [from, to] = [4, 4 + columns.length];
  const filters = to + columns.length;
  const unit = `cast(${mark}1 as integer)`;
  const groups = groupBy.map((dimension) => `${columnOf[dimension]}, `).join("");
  const where = dimensions.map((dimension, index) => {
    const value = `cast(${mark}${filters + index} as text)`;
    return `(${value} is null or ${columnOf[dimension]} = ${value})`;
  });
  return `select case when ${unit} = 0 then 0 else minute - minute % ${unit} end as point, ${groups}metric, bucket,
      cast(sum(value) as bigint) as value, cast(sum(cost) as bigint) as cost
    from statistic
    where environment_id = ${mark}2 and minute >= ${mark}3 and (${key}) >= (${marks(dialect, from)})
      and (${key}) < (${marks(dialect, to)}) and ${where.join(" and ")}
    group by 1, ${groups}metric, bucket`;
}

export function partValues(query: StatisticQuery, from: StatisticPlace, to: StatisticPlace): SqlValue[] {
  const { unitMinutes, environmentId, where } = query;
  const filters = dimensions.map((dimension) => where[dimension] ?? null);
  return [unitMinutes, environmentId, from[0] ?? 0, ...from, ...to, ...filters];
}

export function statisticSum(row: SqlRow, { groupBy }: Pick<StatisticQuery, "groupBy">): StatisticSum {
  const metric = statisticMetrics.find((each) => each === row["metric"]);
  if (metric === undefined) throw new RangeError(`stored metric ${text(row, "metric")} is not known`);
  return {
    minute: integer(row, "point"),
    group: groupBy.map((dimension) => text(row, columnOf[dimension])),
    metric,
    bucket: integer(row, "bucket"),
    value: integer(row, "value"),
    cost: integer(row, "cost"),
  };
}
