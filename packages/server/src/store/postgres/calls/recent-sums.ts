import { recentSum } from "../../sql/rows/recent-sum.ts";
import type { Read } from "../context.ts";

/** Each connection counts in rows of its own (`slot`): a sum is theirs together. */
export const recentSums: Read<"recentSums"> = async ({ sql }, { fromMinute, toMinute }) => {
  const rows = await sql.all(
    `select metric, lane, channel, sum(value)::bigint as value from statistic
     where minute >= $1::integer and minute < $2::integer group by metric, lane, channel`,
    fromMinute,
    toMinute,
  );
  return rows.map(recentSum);
};
