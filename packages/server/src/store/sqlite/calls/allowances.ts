import { granted } from "../../../domain/allowance.ts";
import type { AllowanceStore } from "../../../ports/store/allowances.ts";
import { integer } from "../../sql/columns.ts";
import { allowanceRow, bounceSum } from "../../sql/rows/allowance.ts";
import type { Call, SqliteCalls } from "../context.ts";

const takeAllowance: Call<"takeAllowance"> = ({ database }, { environmentId, key, day, ...ask }) => {
  const row = database.get(
    "select used from allowance where environment_id = ? and key = ? and day = ?",
    environmentId,
    key,
    day,
  );
  const count = granted(row === undefined ? 0 : integer(row, "used"), ask);
  if (count > 0)
    database.run(
      `insert into allowance (environment_id, key, day, used) values (?, ?, ?, ?)
       on conflict do update set used = used + excluded.used`,
      environmentId,
      key,
      day,
      count,
    );
  return count;
};

const returnAllowance: Call<"returnAllowance"> = ({ database }, { environmentId, key, day, count }) => {
  database.run(
    "update allowance set used = max(0, used - ?) where environment_id = ? and key = ? and day = ?",
    count,
    environmentId,
    key,
    day,
  );
};

const allowancesOf: Call<"allowancesOf"> = ({ database }, { environmentId, keys, fromDay, toDay }) =>
  database
    .all(
      `select environment_id, key, day, used from allowance
       where environment_id = ? and key in (select value from json_each(?)) and day between ? and ? and used > 0
       order by key, day`,
      environmentId,
      JSON.stringify(keys),
      fromDay,
      toDay,
    )
    .map(allowanceRow);

const purgeAllowances: Call<"purgeAllowances"> = ({ database }, { from, before, beforeDay, limit }) =>
  database.run(
    `delete from allowance where (environment_id, key, day) in
       (select environment_id, key, day from allowance indexed by allowance_day where day < ? and key >= ? and key < ? limit ?)`,
    beforeDay,
    from,
    before,
    limit,
  );

const bounceSums: Call<"bounceSums"> = ({ database }, { environmentId, fromMinute, toMinute }) =>
  database
    .all(
      `select integration, sum(case metric when 'sent' then value else 0 end) as sent,
         sum(case metric when 'bounced' then value else 0 end) as bounced
       from statistic where environment_id = ? and minute >= ? and minute < ? and metric in ('sent', 'bounced') and integration <> ''
       group by integration order by integration`,
      environmentId,
      fromMinute,
      toMinute,
    )
    .map(bounceSum);

/** What is used of days' bounds. */
export const allowanceCalls: Pick<SqliteCalls, keyof AllowanceStore> = {
  takeAllowance,
  returnAllowance,
  allowancesOf,
  purgeAllowances,
  bounceSums,
};
