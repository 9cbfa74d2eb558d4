import { probeRow } from "../../sql/rows/probe.ts";
import type { Call } from "../context.ts";

const recordedSql = `insert into integration_probe (environment_id, integration, version, status, code, detail, at, good_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(?4 = 'ok', ?7, null))
  on conflict do update set version = excluded.version, status = excluded.status, code = excluded.code,
    detail = excluded.detail, at = excluded.at,
    good_at = nullif(max(coalesce(good_at, 0), coalesce(excluded.good_at, 0)), 0)
  where integration_probe.at is null or excluded.at >= integration_probe.at`;

export const recordProbe: Call<"recordProbe"> = ({ database }, probe) => {
  const { environmentId, integration, version, status, code, detail, at } = probe;
  database.run(recordedSql, environmentId, integration, version, status, code, detail, at);
  const row = database.get(
    "select * from integration_probe where environment_id = ? and integration = ?",
    environmentId,
    integration,
  );
  if (row === undefined) throw new Error("a probe that was written is not there");
  return probeRow(row);
};

export const listProbes: Call<"listProbes"> = ({ database }, { environmentId }) =>
  (environmentId === undefined
    ? database.all("select * from integration_probe order by environment_id, integration")
    : database.all("select * from integration_probe where environment_id = ? order by integration", environmentId)
  ).map(probeRow);

export const noteAccepted: Call<"noteAccepted"> = ({ database }, { fromMinute, toMinute }) => {
  database.run(
    `insert into integration_probe (environment_id, integration, version, status, code, detail, at, good_at)
     select environment_id, integration, 0, null, '', '', null, max(minute) * 60000 from statistic
       where minute >= ? and minute < ? and metric = 'sent' and integration <> '' group by environment_id, integration
     on conflict do update set good_at = excluded.good_at where coalesce(good_at, 0) < excluded.good_at`,
    fromMinute,
    toMinute,
  );
};
