import { type FolderFault, faultText } from "@tidings/folder/fault";
import type { FolderDocument } from "@tidings/folder/reading";
import { placedFaults } from "@tidings/folder/server-faults";
import type { GivenSet } from "../api/prepared-set.ts";
import { TidingsError } from "../errors.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";

export interface SeedParts {
  store: Pick<ConfigurationStore, "configurationSince">;
  /** Writes a whole set in one commit, with all the checks of the API. */
  apply(set: GivenSet): Promise<unknown>;
}

/**
 * Writes the documents where the store has no configuration at all, in one commit: a start that is interrupted leaves
 * nothing, and a store that somebody has written to is never touched. Gives how many were written.
 */
export async function seed({ store, apply }: SeedParts, documents: readonly FolderDocument[]): Promise<number> {
  if (documents.length === 0 || !(await wantsSeed(store))) return 0;
  const set = { documents: documents.map(({ kind, key, document }) => ({ kind, key, document })) };
  try {
    await apply(set);
  } catch (error) {
    throw new Error(faultsOf(documents, error).map(faultText).join("\n"), { cause: error });
  }
  return documents.length;
}

/** Whether the store is empty: asked first, so that a folder that is not needed is not read. */
export async function wantsSeed(store: SeedParts["store"]): Promise<boolean> {
  return (await store.configurationSince({ sequence: 0, limit: 1 })).length === 0;
}

function faultsOf(documents: readonly FolderDocument[], error: unknown): readonly FolderFault[] {
  if (error instanceof TidingsError && error.faults.length > 0) return placedFaults(documents, error.faults);
  throw error;
}
