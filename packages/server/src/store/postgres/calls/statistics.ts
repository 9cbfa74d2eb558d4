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
import type { Call, Read } from "../context.ts";

/** Each connection counts in rows of its own (`slot`): a sum is theirs together. */
const columns = [...keyColumns, "slot"];
const dialect = { mark: "$", columns } as const;
const nextPartSql = nextSql(dialect);

export const sumStatistics: Read<"sumStatistics"> = async ({ sql }, query) => {
  const from = query.after ?? placeAt(query.fromMinute, columns);
  const row = await sql.get(nextPartSql, ...nextValues(query, from));
  const next = row === undefined ? undefined : placeOf(row, columns);
  const to = next ?? placeAt(query.toMinute, columns);
  const rows = await sql.all(partSql(dialect, query), ...partValues(query, from, to));
  return { sums: rows.map((each) => statisticSum(each, query)), next };
};

const minuteSql = "select minute from statistic where minute > $1 and minute < $2 order by minute limit 1";

const foldStatistics: Call<"foldStatistics"> = async ({ sql }, input) => {
  const { unitMinutes, beforeMinute, limit } = input;
  let { afterMinute } = input;
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const row = await sql.get(minuteSql, afterMinute, beforeMinute);
    if (row === undefined) return { folded: 0, next: undefined };
    const minute = integer(row, "minute");
    const rest = minute % unitMinutes;
    // The first of its unit, which others are folded into: the next minute is behind all its rows.
    if (rest === 0) afterMinute = minute;
    else {
      const gone = await sql.get(foldedSql, minute - rest, unitMinutes, limit);
      return { folded: integer(gone ?? {}, "folded"), next: minute - 1 };
    }
  }
  return { folded: 0, next: afterMinute };
};

const ofKey = keyColumns.filter((column) => column !== "minute").join(", ");

/** What is added is what was deleted: a count that comes meanwhile waits, and finds no row to add itself to. */
const foldedSql = `with gone as (
    delete from statistic where ctid = any (array(
      select ctid from statistic where minute > $1::integer and minute < $1::integer + $2::integer order by minute limit $3 for update
    )) returning *
  ), added as (
    insert into statistic (environment_id, minute, ${ofKey}, slot, value, cost)
    select environment_id, $1::integer, ${ofKey}, 0, sum(value), sum(cost) from gone group by environment_id, ${ofKey}
    on conflict (environment_id, ${keyColumns.join(", ")}, slot)
    do update set value = statistic.value + excluded.value, cost = statistic.cost + excluded.cost
  )
  select count(*)::integer as folded from gone`;

const purgedSql = `delete from statistic where ctid = any (array(
    select ctid from statistic where minute < $1 order by minute limit $2
  ))`;

const purgeStatistics: Call<"purgeStatistics"> = ({ sql }, { beforeMinute, limit }) =>
  sql.run(purgedSql, beforeMinute, limit);

export const statisticCalls = { sumStatistics, foldStatistics, purgeStatistics };
