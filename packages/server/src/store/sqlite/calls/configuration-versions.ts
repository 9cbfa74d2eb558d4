import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { ConfigurationKey, ConfigurationRow } from "../../../ports/store/configuration.ts";
import type { CallContext } from "../context.ts";
import type { Database, SqlRow } from "../database.ts";
import { integer, text, textOrNull } from "../rows.ts";
import { configurationRow, newestVersion } from "./configuration-row.ts";

interface VersionWrite extends ConfigurationKey {
  document: string;
  secrets: string | null;
  secretNames: readonly string[];
  origin: string;
  now: number;
}

type Deletion = ConfigurationKey & { now: number };

/** A new version where the document differs from the newest; else the newest as it is. */
export function putConfiguration({ database }: CallContext, write: VersionWrite): ConfigurationRow {
  const before = database.get(newestVersion, write.environmentId, write.kind, write.key);
  const same =
    before !== undefined &&
    integer(before, "deleted") === 0 &&
    text(before, "document") === write.document &&
    textOrNull(before, "secrets") === write.secrets;
  if (same) return configurationRow(before);
  const row = {
    ...write,
    secretNames: JSON.stringify(write.secretNames),
    deleted: 0,
    version: before === undefined ? 1 : integer(before, "version") + 1,
  };
  return configurationRow(insert(database, row));
}

/** A version that says that it was deleted. Does nothing where there is none. */
export function deleteConfiguration({ database }: CallContext, { environmentId, kind, key, now }: Deletion): void {
  const before = database.get(newestVersion, environmentId, kind, key);
  if (before === undefined || integer(before, "deleted") === 1) return;
  insert(database, {
    environmentId,
    kind,
    key,
    version: integer(before, "version") + 1,
    document: text(before, "document"),
    secrets: null,
    secretNames: "[]",
    origin: "",
    deleted: 1,
    now,
  });
}

interface NewVersion {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
  version: number;
  document: string;
  secrets: string | null;
  secretNames: string;
  origin: string;
  deleted: number;
  now: number;
}

function insert(database: Database, row: NewVersion): SqlRow {
  database.run(
    "update configuration set current = 0 where environment_id = ? and kind = ? and key = ? and current = 1",
    row.environmentId,
    row.kind,
    row.key,
  );
  const inserted = database.get(
    `insert into configuration (environment_id, kind, key, version, document, secrets, secret_names, current, deleted, sequence, updated_at, origin)
     select ?, ?, ?, ?, ?, ?, ?, 1, ?, coalesce(max(sequence), 0) + 1, ?, ? from configuration
     returning *`,
    row.environmentId,
    row.kind,
    row.key,
    row.version,
    row.document,
    row.secrets,
    row.secretNames,
    row.deleted,
    row.now,
    row.origin,
  );
  if (inserted === undefined) throw new Error("an insert gave no row");
  return inserted;
}
