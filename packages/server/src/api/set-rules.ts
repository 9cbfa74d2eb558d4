import type { ConfigurationFault } from "@tidings/contract/configuration";
import type { ConfigurationRow, ConfigurationStore, DocumentKey, DocumentWrite } from "../ports/store/configuration.ts";
import type { ConfigurationDocument } from "./configuration-documents.ts";
import { ConfigurationOverlay } from "./configuration-overlay.ts";
import type { ConfigurationRules } from "./configuration-rules.ts";
import type { PartUsers, PartUsersAnswer } from "./part-users.ts";

export interface SetRulesParts {
  store: Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;
  rules: ConfigurationRules;
  partUsers: Pick<PartUsers, "check">;
}

/** A document of a set, parsed, its secrets apart and sealed. */
export interface Prepared {
  written: ConfigurationDocument;
  write: DocumentWrite;
  /** In clear, for the rules alone. */
  secrets: Record<string, string>;
}

/** What would not hold between the documents of a set and all others, as they would be once it is written. */
export async function checkPrepared(
  { store, rules, partUsers }: SetRulesParts,
  environmentId: number,
  prepared: readonly Prepared[],
  deletes: readonly DocumentKey[],
): Promise<PartUsersAnswer> {
  const rows = prepared.map(({ write, written }) => rowOf(environmentId, written.kind, write));
  const overlay = new ConfigurationOverlay(store, environmentId, rows, deletes);
  const after = rules.over(overlay);
  const faults: ConfigurationFault[] = [];
  for (const { written, write, secrets } of prepared) {
    const { kind, key } = write;
    for (const fault of await after.check(environmentId, key, written, secrets)) faults.push({ kind, key, ...fault });
  }
  for (const { kind, key } of deletes) {
    const user = kind === "tenant" ? undefined : await after.userOf(environmentId, kind, key);
    if (user !== undefined) faults.push({ kind, key, path: "", message: `the ${user.kind} ${user.key} refers to it` });
  }
  // What is broken by itself breaks whatever uses it, too.
  if (faults.length > 0) return { faults, unchecked: 0 };
  const changed = await changedPartials(store, environmentId, rows);
  if (changed.length === 0) return { faults, unchecked: 0 };
  const names = new Set(rows.map(({ kind, key }) => `${kind} ${key}`));
  const isWritten = (kind: string, key: string) => names.has(`${kind} ${key}`);
  return partUsers.check({ environmentId, changed, isWritten, before: store, after: overlay });
}

/** A whole folder is pushed with all that stayed as it was; what is new nobody uses yet but what is written with it. */
async function changedPartials(
  store: SetRulesParts["store"],
  environmentId: number,
  rows: readonly ConfigurationRow[],
): Promise<string[]> {
  const changed: string[] = [];
  for (const { kind, key, document } of rows) {
    if (kind !== "partial") continue;
    const stored = await store.getConfiguration({ environmentId, kind, key });
    if (stored !== undefined && stored.document !== document) changed.push(key);
  }
  return changed;
}

/** As the row would be: a version that is not there yet has no number. */
function rowOf(environmentId: number, kind: ConfigurationRow["kind"], write: DocumentWrite): ConfigurationRow {
  return { ...write, kind, environmentId, version: 0, deleted: false, current: true, sequence: 0, updatedAt: 0 };
}
