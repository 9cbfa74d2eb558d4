import type { ConfigurationKey } from "../../ports/store/configuration.ts";
import { integer, type SqlRow, text, textOrNull } from "./columns.ts";

export interface VersionWrite extends ConfigurationKey {
  document: string;
  secrets: string | null;
  secretNames: readonly string[];
  origin: string;
  now: number;
}

export type Deletion = ConfigurationKey & { now: number };

/** A version as its row is written, but for its place in the sequence. */
export interface NewVersion extends ConfigurationKey {
  version: number;
  document: string;
  secrets: string | null;
  /** JSON. */
  secretNames: string;
  origin: string;
  deleted: 0 | 1;
  now: number;
}

/** Whether the newest version says already what is to be written. */
export function isWritten(newest: SqlRow | undefined, write: VersionWrite): newest is SqlRow {
  return (
    newest !== undefined &&
    integer(newest, "deleted") === 0 &&
    text(newest, "document") === write.document &&
    textOrNull(newest, "secrets") === write.secrets
  );
}

export function versionAfter(newest: SqlRow | undefined, write: VersionWrite): NewVersion {
  const version = newest === undefined ? 1 : integer(newest, "version") + 1;
  return { ...write, secretNames: JSON.stringify(write.secretNames), deleted: 0, version };
}

/** The version that says that it was deleted; undefined where there is none that is not. */
export function deletionAfter(newest: SqlRow | undefined, deletion: Deletion): NewVersion | undefined {
  if (newest === undefined || integer(newest, "deleted") === 1) return undefined;
  return {
    ...deletion,
    version: integer(newest, "version") + 1,
    document: text(newest, "document"),
    secrets: null,
    secretNames: "[]",
    origin: "",
    deleted: 1,
  };
}
