import type { ConfigurationRow } from "../../../ports/store/configuration.ts";
import type { SqlRow } from "../../sql/columns.ts";
import {
  type Deletion,
  deletionAfter,
  isWritten,
  type NewVersion,
  type VersionWrite,
  versionAfter,
} from "../../sql/configuration-versions.ts";
import { configurationRow, newestVersion } from "../../sql/rows/configuration.ts";
import type { CallContext } from "../context.ts";
import type { Database } from "../database.ts";

/** A new version where the document differs from the newest; else the newest as it is. */
export function putConfiguration({ database }: CallContext, write: VersionWrite): ConfigurationRow {
  const newest = database.get(newestVersion, write.environmentId, write.kind, write.key);
  return configurationRow(isWritten(newest, write) ? newest : insert(database, versionAfter(newest, write)));
}

/** A version that says that it was deleted. Does nothing where there is none. */
export function deleteConfiguration({ database }: CallContext, deletion: Deletion): void {
  const newest = database.get(newestVersion, deletion.environmentId, deletion.kind, deletion.key);
  const row = deletionAfter(newest, deletion);
  if (row !== undefined) insert(database, row);
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
