import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { keptSql, nextSequenceSql, releasedAtOnceMax } from "../../sql/pauses.ts";
import { placesOf } from "../../sql/released.ts";
import type { Call } from "../context.ts";
import { few } from "../few.ts";
import type { Session } from "../session.ts";
import { lockPauses } from "./lock-pauses.ts";
import { endDue } from "./pauses.ts";

const leftSql = `select 1 from pause where released_at is null and (ended_at is not null or ends_at <= $1) limit 1`;
const timeIsUpSql = `select 1 from pause where released_at is null and ended_at is null and ends_at <= $1 limit 1`;
export const emptySql = `select environment_id, id from pause where released_at is null and ended_at is not null
  and not exists (select 1 from message where message.pause_id = pause.id and ${keptSql}) order by ended_at limit $1`;
const releasedSql = `update pause set released_at = $1, sequence = ${nextSequenceSql} where environment_id = $2 and id = $3 and released_at is null`;
/** What another process lets go at this moment is left to it. */
const endedSql = `select id from pause where released_at is null and ended_at is not null order by ended_at limit $1 for update skip locked`;
export const dueSql = `with r as materialized (
    select environment_id, id from message where pause_id = $2 and ${keptSql} order by id limit $3 for update
  )
  update message set due_at = $1, reason = null, pause_id = null, holder = 0 from r
  where message.environment_id = r.environment_id and message.id = r.id and ${few}
  returning message.lane, message.channel`;

/** What is left is found by its pause, whoever looks next. Pauses take turns: a few messages do not wait for many. */
export const releaseHeld: Call<"releaseHeld"> = async ({ sql }, { now, limit }) => {
  if ((await sql.get(leftSql, now)) === undefined) return { count: 0, places: [], isLeft: false };
  await settlePauses(sql, now);
  const ended = await sql.all(endedSql, releasedAtOnceMax);
  const share = Math.ceil(limit / Math.max(1, ended.length));
  const released: SqlRow[] = [];
  for (const pause of ended) released.push(...(await sql.all(dueSql, now, text(pause, "id"), share)));
  const isLeft = (await sql.get(leftSql, now)) !== undefined;
  return { count: released.length, places: placesOf(released), isLeft };
};

/**
 * Ends those whose time is up, and notes which ended ones keep nothing any more. It is first, as nobody may wait for this lock who has locked
 * messages: who keeps some has it before them.
 */
async function settlePauses(sql: Session, now: number): Promise<void> {
  const isUp = (await sql.get(timeIsUpSql, now)) !== undefined;
  const empty = await sql.all(emptySql, releasedAtOnceMax);
  if (!isUp && empty.length === 0) return;
  await lockPauses(sql);
  await endDue(sql, now);
  for (const pause of empty) await sql.run(releasedSql, now, integer(pause, "environment_id"), text(pause, "id"));
}
