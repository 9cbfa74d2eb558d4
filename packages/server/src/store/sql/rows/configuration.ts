import { configurationKinds } from "@tidings/contract/configuration";
import type { ConfigurationRow } from "../../../ports/store/configuration.ts";
import type { SqlRow } from "../columns.ts";
import { integer, text, textOrNull } from "../columns.ts";

export const newestVersion =
  "select * from configuration where environment_id = ? and kind = ? and key = ? and current = 1";

export function configurationRow(row: SqlRow): ConfigurationRow {
  const kind = configurationKinds.find((known) => known === text(row, "kind"));
  if (kind === undefined) throw new RangeError("stored kind of configuration is not known");
  const secretNames: unknown = JSON.parse(text(row, "secret_names"));
  return {
    environmentId: integer(row, "environment_id"),
    kind,
    key: text(row, "key"),
    version: integer(row, "version"),
    document: text(row, "document"),
    secrets: textOrNull(row, "secrets"),
    secretNames: Array.isArray(secretNames) ? secretNames.map(String) : [],
    deleted: integer(row, "deleted") === 1,
    current: integer(row, "current") === 1,
    sequence: integer(row, "sequence"),
    updatedAt: integer(row, "updated_at"),
    origin: text(row, "origin"),
  };
}
