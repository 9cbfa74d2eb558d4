import { granted } from "../../../domain/allowance.ts";
import type { AllowanceStore } from "../../../ports/store/allowances.ts";
import { integer } from "../../sql/columns.ts";
import { allowanceRow, bounceSum } from "../../sql/rows/allowance.ts";
import type { Call, PostgresCalls } from "../context.ts";

const thereSql = `insert into allowance (environment_id, key, day, used) values ($1, $2, $3, 0) on conflict do nothing`;
const lockedSql = `select used, (select count(*) from worker) as workers from allowance
  where environment_id = $1 and key = $2 and day = $3 for update`;
const takenSql = `update allowance set used = used + $4::bigint where environment_id = $1 and key = $2 and day = $3`;

/** Who asks at the same time waits for the row, and finds it as this call leaves it. */
const takeAllowance: Call<"takeAllowance"> = async ({ sql }, { environmentId, key, day, ...ask }) => {
  const there = sql.run(thereSql, environmentId, key, day);
  const [row] = await Promise.all([sql.get(lockedSql, environmentId, key, day), there]);
  if (row === undefined) throw new Error("an insert left no row");
  const parts = ask.parts * Math.max(1, integer(row, "workers"));
  const count = granted(integer(row, "used"), { ...ask, parts });
  if (count > 0) await sql.run(takenSql, environmentId, key, day, count);
  return count;
};

const returnAllowance: Call<"returnAllowance"> = async ({ sql }, { environmentId, key, day, count }) => {
  await sql.run(
    "update allowance set used = greatest(0, used - $4::bigint) where environment_id = $1 and key = $2 and day = $3",
    environmentId,
    key,
    day,
    count,
  );
};

const allowancesOf: Call<"allowancesOf"> = async ({ sql }, { environmentId, keys, fromDay, toDay }) => {
  const rows = await sql.all(
    `select environment_id, key, day, used from allowance
     where environment_id = $1 and key = any($2::text[]) and day between $3 and $4 and used > 0 order by key, day`,
    environmentId,
    keys,
    fromDay,
    toDay,
  );
  return rows.map(allowanceRow);
};

const purgeAllowances: Call<"purgeAllowances"> = ({ sql }, { from, before, beforeDay, limit }) =>
  sql.run(
    `delete from allowance where ctid = any (array(
       select ctid from allowance where day < $1 and key >= $2 and key < $3 limit $4 for update skip locked
     ))`,
    beforeDay,
    from,
    before,
    limit,
  );

const bounceSums: Call<"bounceSums"> = async ({ sql }, { environmentId, fromMinute, toMinute }) => {
  const rows = await sql.all(
    `select integration, coalesce(sum(value) filter (where metric = 'sent'), 0)::bigint as sent,
       coalesce(sum(value) filter (where metric = 'bounced'), 0)::bigint as bounced
     from statistic where environment_id = $1 and minute >= $2::integer and minute < $3::integer
       and metric in ('sent', 'bounced') and integration <> ''
     group by integration order by integration`,
    environmentId,
    fromMinute,
    toMinute,
  );
  return rows.map(bounceSum);
};

/** What is used of days' bounds. */
export const allowanceCalls: Pick<PostgresCalls, keyof AllowanceStore> = {
  takeAllowance,
  returnAllowance,
  allowancesOf,
  purgeAllowances,
  bounceSums,
};
