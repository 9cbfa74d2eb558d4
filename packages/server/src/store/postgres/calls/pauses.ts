import type { PauseName } from "../../../domain/pause.ts";
import { deriveId } from "../../../lib/ids.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { isOfIntegration, keptSql, nextSequenceSql } from "../../sql/pauses.ts";
import { pauseRow } from "../../sql/rows/pause.ts";
import type { Call } from "../context.ts";
import type { Session } from "../session.ts";
import { lockPauses } from "./lock-pauses.ts";

const inForceSql = `select * from pause where environment_id = $1 and kind = $2 and key = $3 and tenant = $4 and ended_at is null`;
const countSql = "select count(*)::int as count from pause where environment_id = $1 and ended_at is null";
const insertedSql = `insert into pause (environment_id, id, kind, key, tenant, reason, created_at, ends_at, sequence)
  values ($1, $2, $3, $4, $5, $6, $7, $8, ${nextSequenceSql}) returning *`;
const changedSql = `update pause set reason = $3, ends_at = $4, sequence = ${nextSequenceSql} where environment_id = $1 and id = $2 returning *`;
const endedSql = `update pause set ended_at = $3, sequence = ${nextSequenceSql} where environment_id = $1 and id = $2 returning *`;

type Key = PauseName & { environmentId: number };

const find = (sql: Session, { environmentId, kind, key, tenant }: Key): Promise<SqlRow | undefined> =>
  sql.get(inForceSql, environmentId, kind, key, tenant);

export const putPause: Call<"putPause"> = async ({ sql }, input) => {
  const { environmentId, id, kind, key, tenant, reason, until, now, pausesMax } = input;
  await lockPauses(sql);
  await endDue(sql, now);
  const known = await find(sql, input);
  if (known !== undefined) return found(await sql.get(changedSql, environmentId, text(known, "id"), reason, until));
  const count = await sql.get(countSql, environmentId);
  if (count !== undefined && integer(count, "count") >= pausesMax) return undefined;
  return found(await sql.get(insertedSql, environmentId, id, kind, key, tenant, reason, now, until));
};

export const endPause: Call<"endPause"> = async ({ sql }, { now, ...name }) => {
  await lockPauses(sql);
  await endDue(sql, now);
  const known = await find(sql, name);
  return known === undefined ? undefined : pauseRow(await end(sql, known, now));
};

const dueSql = "select * from pause where released_at is null and ended_at is null and ends_at <= $1";

/** Ends those whose time is up. The caller holds the lock. */
export async function endDue(sql: Session, now: number): Promise<void> {
  for (const row of await sql.all(dueSql, now)) await end(sql, row, integer(row, "ends_at"));
}

const otherIntegrationsSql = `select * from pause where environment_id = $1 and kind in ('integration', 'marketing') and ended_at is null
  and exists (select 1 from message where message.pause_id = pause.id and ${keptSql})`;

/** Others of integrations begin anew as they were: what they keep is let go with this one, and kept anew where it has no way still. */
async function end(sql: Session, row: SqlRow, at: number): Promise<SqlRow> {
  const environmentId = integer(row, "environment_id");
  const ended = await sql.get(endedSql, environmentId, text(row, "id"), at);
  if (ended === undefined) throw new Error("a pause that was found is gone");
  if (!isOfIntegration(text(row, "kind"))) return ended;
  for (const other of await sql.all(otherIntegrationsSql, environmentId)) {
    const pause = pauseRow(other);
    await sql.run(endedSql, environmentId, pause.id, at);
    await sql.run(
      insertedSql,
      environmentId,
      deriveId(at, "pause", pause.id),
      pause.kind,
      pause.key,
      pause.tenant,
      pause.reason,
      pause.createdAt,
      pause.until,
    );
  }
  return ended;
}

function found(row: SqlRow | undefined) {
  if (row === undefined) throw new Error("a pause that was written is gone");
  return pauseRow(row);
}

export const listPauses: Call<"listPauses"> = async ({ sql }, { environmentId }) => {
  const rows = await sql.all(
    `select * from pause where environment_id = $1 and released_at is null
     order by kind, key, tenant, ended_at is not null, sequence desc`,
    environmentId,
  );
  return rows.map(pauseRow);
};

export const pausesSince: Call<"pausesSince"> = async ({ sql }, { sequence, limit }) => {
  const rows = await sql.all("select * from pause where sequence > $1 order by sequence limit $2", sequence, limit);
  return rows.map(pauseRow);
};

export const countedSql = `select count(*)::int as count from (select 1 from message where pause_id = $1 and ${keptSql} limit $2) as kept`;

export const countHeld: Call<"countHeld"> = async ({ sql }, { pauseId, countMax }) => {
  const row = await sql.get(countedSql, pauseId, countMax);
  return row === undefined ? 0 : integer(row, "count");
};

/** The last one stays, whose number the next one counts from. */
export const purgePauses: Call<"purgePauses"> = ({ sql }, { before, limit }) =>
  sql.run(
    `delete from pause where (environment_id, id) in
       (select environment_id, id from pause where released_at < $1 and sequence < (select max(sequence) from pause) limit $2)`,
    before,
    limit,
  );
