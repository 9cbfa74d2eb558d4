import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { keptSql, nextSequenceSql, releasedAtOnceMax } from "../../sql/pauses.ts";
import { placesOf } from "../../sql/released.ts";
import type { Call } from "../context.ts";
import { endDue } from "./pauses.ts";

const endedSql = `select environment_id, id from pause where released_at is null and ended_at is not null order by ended_at limit ?`;
const dueSql = `update message set due_at = ?, reason = null, pause_id = null
  where id in (select id from message where pause_id = ? and ${keptSql} order by id limit ?) returning lane, channel`;
const releasedSql = `update pause set released_at = ?, sequence = ${nextSequenceSql} where environment_id = ? and id = ?`;

/** What is left is found by its pause, whoever looks next. Pauses take turns: a few messages do not wait for many. */
export const releaseHeld: Call<"releaseHeld"> = ({ database }, { now, limit }) => {
  endDue(database, now);
  const ended = database.all(endedSql, releasedAtOnceMax);
  const share = Math.ceil(limit / Math.max(1, ended.length));
  const released: SqlRow[] = [];
  let isLeft = ended.length === releasedAtOnceMax;
  for (const pause of ended) {
    const id = text(pause, "id");
    const rows = database.all(dueSql, now, id, share);
    released.push(...rows);
    if (rows.length < share) database.run(releasedSql, now, integer(pause, "environment_id"), id);
    else isLeft = true;
  }
  return { count: released.length, places: placesOf(released), isLeft };
};
