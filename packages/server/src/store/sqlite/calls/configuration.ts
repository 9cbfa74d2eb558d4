import { integer } from "../../sql/columns.ts";
import { configurationRow, newestVersion } from "../../sql/rows/configuration.ts";
import type { Call } from "../context.ts";

export const getConfiguration: Call<"getConfiguration"> = ({ database }, { environmentId, kind, key, version }) => {
  const row =
    version === undefined
      ? database.get(newestVersion, environmentId, kind, key)
      : database.get(
          "select * from configuration where environment_id = ? and kind = ? and key = ? and version = ?",
          environmentId,
          kind,
          key,
          version,
        );
  if (row === undefined || (version === undefined && integer(row, "deleted") === 1)) return undefined;
  return configurationRow(row);
};

export const listConfiguration: Call<"listConfiguration"> = ({ database }, { environmentId, kind, after, limit }) =>
  database
    .all(
      "select * from configuration where environment_id = ? and kind = ? and key > ? and current = 1 and deleted = 0 order by key limit ?",
      environmentId,
      kind,
      after,
      limit,
    )
    .map(configurationRow);

export const listConfigurationVersions: Call<"listConfigurationVersions"> = (
  { database },
  { environmentId, kind, key, before, limit },
) =>
  database
    .all(
      "select * from configuration where environment_id = ? and kind = ? and key = ? and version < ? order by version desc limit ?",
      environmentId,
      kind,
      key,
      before,
      limit,
    )
    .map(configurationRow);

export const configurationSince: Call<"configurationSince"> = ({ database }, { sequence, limit }) =>
  database
    .all("select * from configuration where sequence > ? and current = 1 order by sequence limit ?", sequence, limit)
    .map(configurationRow);
