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
import { configurationRow } from "../../sql/rows/configuration.ts";
import type { CallContext } from "../context.ts";
import type { Session } from "../session.ts";
import { newestVersionSql } from "./configuration.ts";

/**
 * Writers come one after the other, to the end of their transaction: a number of the sequence is then never seen before a
 * lower one, and who follows the sequence misses none.
 */
export async function lockConfiguration({ sql }: CallContext): Promise<void> {
  await sql.exec("select pg_advisory_xact_lock(7104401)");
}

/** A new version where the document differs from the newest; else the newest as it is. The caller holds the lock. */
export async function putConfiguration({ sql }: CallContext, write: VersionWrite): Promise<ConfigurationRow> {
  const newest = await sql.get(newestVersionSql, write.environmentId, write.kind, write.key);
  return configurationRow(isWritten(newest, write) ? newest : await insert(sql, versionAfter(newest, write)));
}

/** A version that says that it was deleted. Does nothing where there is none. The caller holds the lock. */
export async function deleteConfiguration({ sql }: CallContext, deletion: Deletion): Promise<void> {
  const newest = await sql.get(newestVersionSql, deletion.environmentId, deletion.kind, deletion.key);
  const row = deletionAfter(newest, deletion);
  if (row !== undefined) await insert(sql, row);
}

async function insert(sql: Session, row: NewVersion): Promise<SqlRow> {
  await sql.run(
    "update configuration set current = 0 where environment_id = $1 and kind = $2 and key = $3 and current = 1",
    row.environmentId,
    row.kind,
    row.key,
  );
  const inserted = await sql.get(
    `insert into configuration (environment_id, kind, key, version, document, secrets, secret_names, current, deleted, sequence,
       updated_at, origin)
     select $1, $2, $3, $4, $5, $6, $7, 1, $8, coalesce(max(sequence), 0) + 1, $9, $10 from configuration
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
