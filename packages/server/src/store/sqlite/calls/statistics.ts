import { integer } from "../../sql/columns.ts";
import {
  hopsMax,
  keyColumns,
  nextSql,
  nextValues,
  partSql,
  partValues,
  placeAt,
  placeOf,
  statisticSum,
} from "../../sql/statistic-query.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

const dialect = { mark: "?", columns: keyColumns } as const;
const nextPartSql = nextSql(dialect);

/** Reads one part of the key's range: all other calls wait meanwhile. */
const sumStatistics: Call<"sumStatistics"> = ({ database }, query) => {
  const from = query.after ?? placeAt(query.fromMinute, keyColumns);
  const row = database.get(nextPartSql, ...nextValues(query, from));
  const next = row === undefined ? undefined : placeOf(row, keyColumns);
  const to = next ?? placeAt(query.toMinute, keyColumns);
  const rows = database.all(partSql(dialect, query), ...partValues(query, from, to));
  return { sums: rows.map((each) => statisticSum(each, query)), next };
};

const minuteSql = "select minute from statistic where minute > ? and minute < ? order by minute limit 1";

const foldStatistics: Call<"foldStatistics"> = ({ database }, input) => {
  const { unitMinutes, beforeMinute, limit } = input;
  let { afterMinute } = input;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const row = database.get(minuteSql, afterMinute, beforeMinute);
    if (row === undefined) return { folded: 0, next: undefined };
    const minute = integer(row, "minute");
    const rest = minute % unitMinutes;
    // The first of its unit, which others are folded into: the next minute is behind all its rows.
    if (rest === 0) afterMinute = minute;
    else return { folded: fold(database, minute - rest, unitMinutes, limit), next: minute - 1 };
  }
  return { folded: 0, next: afterMinute };
};

const key = keyColumns.join(", ");
const ofKey = keyColumns.filter((column) => column !== "minute").join(", ");
/** In the order of the index by minute, so that both statements mean the same rows. */
const foldedSql = `from statistic where minute > ?1 and minute < ?1 + ?2 order by minute, environment_id, ${ofKey} limit ?3`;
const addedSql = `insert into statistic (environment_id, ${key}, value, cost)
  select environment_id, ?1, ${ofKey}, sum(value), sum(cost) from (select * ${foldedSql}) where true
  group by environment_id, ${ofKey}
  on conflict do update set value = value + excluded.value, cost = cost + excluded.cost`;
const goneSql = `delete from statistic where (environment_id, ${key}) in (select environment_id, ${key} ${foldedSql})`;

function fold(database: Database, first: number, unitMinutes: number, limit: number): number {
  database.run(addedSql, first, unitMinutes, limit);
  return database.run(goneSql, first, unitMinutes, limit);
}

const purgeStatistics: Call<"purgeStatistics"> = ({ database }, { beforeMinute, limit }) =>
  database.run(
    `delete from statistic where (environment_id, ${key}) in
       (select environment_id, ${key} from statistic where minute < ? order by minute limit ?)`,
    beforeMinute,
    limit,
  );

export const statisticCalls = { sumStatistics, foldStatistics, purgeStatistics };
