import { mailRow } from "../../sql/rows/mail.ts";
import type { Call } from "../context.ts";

const appendedSql = `insert into sandbox_mail (environment_id, id, at, sealed)
  select environment_id, id, at, sealed
  from json_to_recordset($1) as r (environment_id int, id text, at bigint, sealed text)
  order by environment_id, id
  on conflict do nothing`;

const trimmedSql = `delete from sandbox_mail using (
    select environment_id, (
      select id from sandbox_mail as newer where newer.environment_id = own.environment_id order by id desc offset $2 limit 1
    ) as id
    from unnest($1::int[]) as own (environment_id)
  ) as bound
  where sandbox_mail.environment_id = bound.environment_id and sandbox_mail.id <= bound.id`;

export const appendMail: Call<"appendMail"> = async ({ sql }, { mails, keep }) => {
  if (mails.length === 0) return;
  const rows = mails.map(({ environmentId, id, at, sealed }) => ({ environment_id: environmentId, id, at, sealed }));
  const environments = [...new Set(mails.map(({ environmentId }) => environmentId))];
  await Promise.all([
    sql.run(appendedSql, JSON.stringify(rows)),
    sql.run(
      trimmedSql,
      environments.toSorted((a, b) => a - b),
      keep,
    ),
  ]);
};

export const listMail: Call<"listMail"> = async ({ sql }, { environmentId, limit }) => {
  const rows = await sql.all(
    "select * from sandbox_mail where environment_id = $1 order by id desc limit $2",
    environmentId,
    limit,
  );
  return rows.map(mailRow);
};

export const findMail: Call<"findMail"> = async ({ sql }, { environmentId, id }) => {
  const row = await sql.get("select * from sandbox_mail where environment_id = $1 and id = $2", environmentId, id);
  return row === undefined ? undefined : mailRow(row);
};
