import type { PauseName } from "../../../domain/pause.ts";
import { deriveId } from "../../../lib/ids.ts";
import { integer, type SqlRow, text } from "../../sql/columns.ts";
import { isOfIntegration, keptSql, nextSequenceSql } from "../../sql/pauses.ts";
import { pauseRow } from "../../sql/rows/pause.ts";
import type { Call } from "../context.ts";
import type { Database } from "../database.ts";

const inForceSql = `select * from pause where environment_id = ? and kind = ? and key = ? and tenant = ? and ended_at is null`;
const countSql = "select count(*) as count from pause where environment_id = ? and ended_at is null";
const insertedSql = `insert into pause (environment_id, id, kind, key, tenant, reason, created_at, ends_at, sequence)
  values (?, ?, ?, ?, ?, ?, ?, ?, ${nextSequenceSql}) returning *`;
const changedSql = `update pause set reason = ?, ends_at = ?, sequence = ${nextSequenceSql} where environment_id = ? and id = ? returning *`;
const endedSql = `update pause set ended_at = ?, sequence = ${nextSequenceSql} where environment_id = ? and id = ? returning *`;

type Key = PauseName & { environmentId: number };

const find = (database: Database, { environmentId, kind, key, tenant }: Key): SqlRow | undefined =>
  database.get(inForceSql, environmentId, kind, key, tenant);

export const putPause: Call<"putPause"> = ({ database }, input) => {
  const { environmentId, id, kind, key, tenant, reason, until, now, pausesMax } = input;
  endDue(database, now);
  const known = find(database, input);
  if (known !== undefined) return found(database.get(changedSql, reason, until, environmentId, text(known, "id")));
  const count = database.get(countSql, environmentId);
  if (count !== undefined && integer(count, "count") >= pausesMax) return undefined;
  return found(database.get(insertedSql, environmentId, id, kind, key, tenant, reason, now, until));
};

export const endPause: Call<"endPause"> = ({ database }, { now, ...name }) => {
  endDue(database, now);
  const known = find(database, name);
  return known === undefined ? undefined : pauseRow(end(database, known, now));
};

const dueSql = "select * from pause where released_at is null and ended_at is null and ends_at <= ?";

/** Ends those whose time is up. */
export function endDue(database: Database, now: number): void {
  for (const row of database.all(dueSql, now)) end(database, row, integer(row, "ends_at"));
}

const otherIntegrationsSql = `select * from pause where environment_id = ? and kind in ('integration', 'marketing') and ended_at is null
  and exists (select 1 from message where message.pause_id = pause.id and ${keptSql})`;

/** Others of integrations begin anew as they were: what they keep is let go with this one, and kept anew where it has no way still. */
function end(database: Database, row: SqlRow, at: number): SqlRow {
  const environmentId = integer(row, "environment_id");
  const ended = database.get(endedSql, at, environmentId, text(row, "id"));
  if (ended === undefined) throw new Error("a pause that was found is gone");
  if (!isOfIntegration(text(row, "kind"))) return ended;
  for (const other of database.all(otherIntegrationsSql, environmentId)) {
    const pause = pauseRow(other);
    database.run(endedSql, at, environmentId, pause.id);
    database.get(
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

export const listPauses: Call<"listPauses"> = ({ database }, { environmentId }) =>
  database
    .all(
      `select * from pause where environment_id = ? and released_at is null
       order by kind, key, tenant, ended_at is not null, sequence desc`,
      environmentId,
    )
    .map(pauseRow);

export const pausesSince: Call<"pausesSince"> = ({ database }, { sequence, limit }) =>
  database.all("select * from pause where sequence > ? order by sequence limit ?", sequence, limit).map(pauseRow);

export const countHeld: Call<"countHeld"> = ({ database }, { pauseId, countMax }) => {
  const row = database.get(
    `select count(*) as count from (select 1 from message where pause_id = ? and ${keptSql} limit ?)`,
    pauseId,
    countMax,
  );
  return row === undefined ? 0 : integer(row, "count");
};

/** The last one stays, whose number the next one counts from. */
export const purgePauses: Call<"purgePauses"> = ({ database }, { before, limit }) =>
  database.run(
    `delete from pause where (environment_id, id) in
       (select environment_id, id from pause where released_at < ? and sequence < (select max(sequence) from pause) limit ?)`,
    before,
    limit,
  );
