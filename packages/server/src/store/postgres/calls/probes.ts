import { probeRow } from "../../sql/rows/probe.ts";
import type { Call } from "../context.ts";

const recordedSql = `insert into integration_probe as p (environment_id, integration, version, status, code, detail, at, good_at)
  values ($1, $2, $3, $4, $5, $6, $7::bigint, case when $4 = 'ok' then $7::bigint end)
  on conflict (environment_id, integration) do update set version = excluded.version, status = excluded.status,
    code = excluded.code, detail = excluded.detail, at = excluded.at, good_at = greatest(p.good_at, excluded.good_at)
  where p.at is null or excluded.at >= p.at`;

export const recordProbe: Call<"recordProbe"> = async ({ sql }, probe) => {
  const { environmentId, integration, version, status, code, detail, at } = probe;
  await sql.run(recordedSql, environmentId, integration, version, status, code, detail, at);
  const row = await sql.get(
    "select * from integration_probe where environment_id = $1 and integration = $2",
    environmentId,
    integration,
  );
  if (row === undefined) throw new Error("a probe that was written is not there");
  return probeRow(row);
};

export const listProbes: Call<"listProbes"> = async ({ sql }, { environmentId }) => {
  const rows = await (environmentId === undefined
    ? sql.all("select * from integration_probe order by environment_id, integration")
    : sql.all("select * from integration_probe where environment_id = $1 order by integration", environmentId));
  return rows.map(probeRow);
};

/** Rows in one order: two processes that both take themselves for the one that does it wait, and do not deadlock. */
const acceptedSql = `insert into integration_probe as p (environment_id, integration, version, status, code, detail, at, good_at)
  select environment_id, integration, 0, null, '', '', null, max(minute)::bigint * 60000 from statistic
    where minute >= $1::integer and minute < $2::integer and metric = 'sent' and integration <> ''
    group by environment_id, integration order by environment_id, integration
  on conflict (environment_id, integration) do update set good_at = excluded.good_at
  where coalesce(p.good_at, 0) < excluded.good_at`;

export const noteAccepted: Call<"noteAccepted"> = async ({ sql }, { fromMinute, toMinute }) => {
  await sql.run(acceptedSql, fromMinute, toMinute);
};
