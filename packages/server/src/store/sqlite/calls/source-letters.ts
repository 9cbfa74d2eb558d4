import { text } from "../../sql/columns.ts";
import { sourceLetterRow } from "../../sql/rows/source-letter.ts";
import type { Call } from "../context.ts";

const writtenSql = `insert into dead_letter
    (environment_id, at, id, kind, channel, reason, detail, source, place, identity, sealed)
  values (?, ?, ?, 'source', null, ?, ?, ?, ?, ?, ?)
  on conflict (environment_id, source, identity) where source is not null
  do update set reason = excluded.reason, detail = excluded.detail, place = excluded.place, sealed = excluded.sealed`;

export const writeSourceLetters: Call<"writeSourceLetters"> = ({ database }, { letters }) => {
  for (const { environmentId, at, id, reason, detail, source, place, identity, sealed } of letters)
    database.run(writtenSql, environmentId, at, id, reason, detail, source, place, identity, sealed);
};

export const findSourceLetters: Call<"findSourceLetters"> = ({ database }, { environmentId, ids, reason, limit }) => {
  if (ids === undefined) {
    const fitting = `select id from dead_letter where environment_id = ? and kind = 'source' and (? is null or reason = ?)
      order by at, id limit ?`;
    return database.all(fitting, environmentId, reason ?? null, reason ?? null, limit).map((row) => text(row, "id"));
  }
  const byId = "select id from dead_letter where id = ? and environment_id = ? and kind = 'source'";
  return [...new Set(ids)].filter((id) => database.get(byId, id, environmentId) !== undefined);
};

export const loadSourceLetter: Call<"loadSourceLetter"> = ({ database }, { environmentId, id }) => {
  const byId = "select * from dead_letter where id = ? and environment_id = ? and kind = 'source'";
  const row = database.get(byId, id, environmentId);
  return row === undefined ? undefined : sourceLetterRow(row);
};

export const deleteSourceLetters: Call<"deleteSourceLetters"> = ({ database }, { environmentId, ids }) => {
  for (const id of ids)
    database.run("delete from dead_letter where id = ? and environment_id = ? and kind = 'source'", id, environmentId);
};
