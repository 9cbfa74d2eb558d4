import { integer } from "../../sql/columns.ts";
import { configurationRow } from "../../sql/rows/configuration.ts";
import type { Call } from "../context.ts";

export const newestVersionSql =
  "select * from configuration where environment_id = $1 and kind = $2 and key = $3 and current = 1";

export const getConfiguration: Call<"getConfiguration"> = async ({ sql }, { environmentId, kind, key, version }) => {
  const row =
    version === undefined
      ? await sql.get(newestVersionSql, environmentId, kind, key)
      : await sql.get(
          "select * from configuration where environment_id = $1 and kind = $2 and key = $3 and version = $4::bigint",
          environmentId,
          kind,
          key,
          version,
        );
  if (row === undefined || (version === undefined && integer(row, "deleted") === 1)) return undefined;
  return configurationRow(row);
};

export const listConfiguration: Call<"listConfiguration"> = async ({ sql }, { environmentId, kind, after, limit }) =>
  (
    await sql.all(
      `select * from configuration
       where environment_id = $1 and kind = $2 and key > $3 and current = 1 and deleted = 0 order by key limit $4`,
      environmentId,
      kind,
      after,
      limit,
    )
  ).map(configurationRow);

export const listConfigurationVersions: Call<"listConfigurationVersions"> = async (
  { sql },
  { environmentId, kind, key, before, limit },
) =>
  (
    await sql.all(
      `select * from configuration where environment_id = $1 and kind = $2 and key = $3 and version < $4::bigint
       order by version desc limit $5`,
      environmentId,
      kind,
      key,
      before,
      limit,
    )
  ).map(configurationRow);

export const configurationSince: Call<"configurationSince"> = async ({ sql }, { sequence, limit }) =>
  (
    await sql.all(
      "select * from configuration where sequence > $1 and current = 1 order by sequence limit $2",
      sequence,
      limit,
    )
  ).map(configurationRow);
