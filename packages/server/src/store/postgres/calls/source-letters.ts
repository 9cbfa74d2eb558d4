import { text } from "../../sql/columns.ts";
import { isId } from "../../sql/is-id.ts";
import { sourceLetterRow } from "../../sql/rows/source-letter.ts";
import type { Call } from "../context.ts";
import { storable } from "../storable.ts";

const writtenSql = `insert into dead_letter
    (environment_id, at, id, kind, channel, reason, detail, source, place, identity, sealed)
  select r.environment_id, r.at, r.id, 'source', null, r.reason, r.detail, r.source, r.place, r.identity, r.sealed
  from json_to_recordset($1) as r (environment_id int, at bigint, id uuid, reason text, detail text, source text, place text,
    identity text, sealed text)
  order by r.environment_id, r.source collate "C", r.identity collate "C"
  on conflict (environment_id, source, identity) where source is not null
  do update set reason = excluded.reason, detail = excluded.detail, place = excluded.place, sealed = excluded.sealed`;

/** In one order, so that two who write letters of the same records do not wait for each other in a circle. */
export const writeSourceLetters: Call<"writeSourceLetters"> = async ({ sql }, { letters }) => {
  // One statement writes a row once.
  const last = new Map(letters.map((each) => [`${each.environmentId} ${each.source} ${each.identity}`, each]));
  const rows = [...last.values()].map(({ environmentId, detail, ...rest }) => ({
    environment_id: environmentId,
    detail: storable(detail),
    ...rest,
  }));
  if (rows.length > 0) await sql.run(writtenSql, JSON.stringify(rows));
};

const byIdsSql = `select letter.id from unnest($2::uuid[]) as r (id)
  cross join lateral (
    select id from dead_letter where environment_id = $1 and id = r.id and kind = 'source' offset 0
  ) as letter`;
const fittingSql = `select id from dead_letter
  where environment_id = $1 and kind = 'source' and ($2::text is null or reason = $2) order by at, id limit $3`;

export const findSourceLetters: Call<"findSourceLetters"> = async ({ sql }, { environmentId, ids, reason, limit }) => {
  const rows =
    ids === undefined
      ? await sql.all(fittingSql, environmentId, reason ?? null, limit)
      : await sql.all(byIdsSql, environmentId, [...new Set(ids)].filter(isId));
  return rows.map((row) => text(row, "id"));
};

export const loadSourceLetter: Call<"loadSourceLetter"> = async ({ sql }, { environmentId, id }) => {
  if (!isId(id)) return undefined;
  const byId = "select * from dead_letter where environment_id = $1 and id = $2 and kind = 'source'";
  const [row] = await sql.all(byId, environmentId, id);
  return row === undefined ? undefined : sourceLetterRow(row);
};

export const deleteSourceLetters: Call<"deleteSourceLetters"> = async ({ sql }, { environmentId, ids }) => {
  const deletedSql = "delete from dead_letter where environment_id = $1 and id = any($2::uuid[]) and kind = 'source'";
  await sql.run(deletedSql, environmentId, ids.filter(isId));
};
