import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { duringBackup } from "./postgres-sql.ts";

/** What belongs to the running primary; its log of changes is streamed instead. */
const left = new Set(["pg_wal", "pg_replslot", "pg_notify", "pg_stat_tmp", "postmaster.pid", "postmaster.opts"]);

/**
 * Copies a running cluster to a folder that will be its standby: what pg_basebackup does, in SQL, because the binaries
 * from npm bring no pg_basebackup, and that of version 15 refuses a server of version 17.
 * https://www.postgresql.org/docs/17/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 */
export async function copyCluster(adminUrl: string, from: string, to: string): Promise<void> {
  mkdirSync(to, { mode: 0o700 });
  const label = await duringBackup(adminUrl, () => copyFolder(from, to, left));
  for (const name of left) if (name.startsWith("pg_")) mkdirSync(join(to, name), { mode: 0o700 });
  writeFileSync(join(to, "backup_label"), label);
  writeFileSync(join(to, "standby.signal"), "");
}

function copyFolder(from: string, to: string, without: ReadonlySet<string>): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (without.has(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      mkdirSync(target, { mode: 0o700 });
      copyFolder(source, target, new Set());
    } else {
      copyIfThere(source, target);
    }
  }
}

/** A running server takes files away; its log of changes says so too. */
function copyIfThere(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
