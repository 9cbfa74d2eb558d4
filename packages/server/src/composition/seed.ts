import type { ConfigurationKind } from "@tidings/contract/configuration";
import { TidingsError } from "../errors.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";
import type { FolderDocument } from "./notifications-folder.ts";
import { faultText } from "./yaml-file.ts";

/** What is referred to comes before what refers to it. */
const order: readonly ConfigurationKind[] = ["category", "template", "integration", "workflow"];

export interface SeedParts {
  store: Pick<ConfigurationStore, "configurationSince">;
  /** Writes one document, with all the checks of the API. */
  put(kind: ConfigurationKind, key: string, document: unknown): Promise<unknown>;
}

/**
 * Writes the documents where the store has no configuration at all, or only the first part of these: then an earlier
 * seeding was interrupted and is finished. Anything else, such as a document that was changed or deleted since, means
 * that the store has an owner already, and nothing is written. Gives how many were.
 */
export async function seed({ store, put }: SeedParts, documents: readonly FolderDocument[]): Promise<number> {
  const planned = [...documents].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const rows = await store.configurationSince({ sequence: 0, limit: planned.length + 1 });
  const isOurs = rows.every((row, index) => {
    const written = planned[index];
    return written?.kind === row.kind && written.key === row.key && row.version === 1 && !row.deleted;
  });
  if (!isOurs) return 0;
  const missing = planned.slice(rows.length);
  for (const { kind, key, file, document } of missing) {
    try {
      await put(kind, key, document);
    } catch (error) {
      throw new Error(`${kind} ${key} is refused: ${faultsText(file, error)}`, { cause: error });
    }
  }
  return missing.length;
}

function faultsText(file: string, error: unknown): string {
  if (!(error instanceof TidingsError) || error.faults.length === 0) {
    return faultText({ file, message: error instanceof Error ? error.message : String(error) });
  }
  return error.faults.map(({ path, message }) => faultText({ file, message: `${path} ${message}` })).join("; ");
}
