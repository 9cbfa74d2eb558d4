import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import { type FolderFault, faultText } from "@tidings/folder/fault";
import type { FolderDocument } from "@tidings/folder/reading";
import { TidingsError } from "../errors.ts";
import type { ConfigurationStore } from "../ports/store/configuration.ts";

const markerFile = "seeding";

/** What is referred to comes before what refers to it. */
const order: readonly ConfigurationKind[] = ["category", "partial", "layout", "template", "integration", "workflow"];

export interface SeedParts {
  store: Pick<ConfigurationStore, "configurationSince">;
  /** Writes one document, with all the checks of the API; one that is there already makes no new version. */
  put(kind: ConfigurationKind, key: string, document: unknown): Promise<unknown>;
  /** Where it is noted that seeding is under way. */
  dataDir: string;
}

/**
 * Writes the documents where the store has no configuration at all. A file in the data folder says that this is under
 * way, so that a start that was interrupted is finished by the next one, while a store that was seeded, or that somebody
 * has written to, is never touched again. Call it before the API listens. Gives how many were written.
 */
export async function seed({ store, put, dataDir }: SeedParts, documents: readonly FolderDocument[]): Promise<number> {
  if (documents.length === 0 || !(await wantsSeed(store, dataDir))) return 0;
  const underWay = join(dataDir, markerFile);
  await writeFile(underWay, "");
  for (const document of [...documents].sort(byReference)) {
    const { kind, key } = document;
    try {
      await put(kind, key, document.document);
    } catch (error) {
      const faults = faultsOf(document, error).map(faultText).join("; ");
      throw new Error(`${kind} ${key} is refused: ${faults}`, { cause: error });
    }
  }
  await rm(underWay);
  return documents.length;
}

/** Whether the store is empty, or its seeding was interrupted: asked first, so that a folder that is not needed is not read. */
export async function wantsSeed(store: SeedParts["store"], dataDir: string): Promise<boolean> {
  const isEmpty = (await store.configurationSince({ sequence: 0, limit: 1 })).length === 0;
  return isEmpty || existsSync(join(dataDir, markerFile));
}

function byReference(a: FolderDocument, b: FolderDocument): number {
  return order.indexOf(a.kind) - order.indexOf(b.kind);
}

function faultsOf({ placeOf }: FolderDocument, error: unknown): FolderFault[] {
  if (error instanceof TidingsError && error.faults.length > 0) {
    return error.faults.map(({ path, message }) => ({ ...placeOf(path), path, message }));
  }
  return [{ ...placeOf(""), path: "", message: error instanceof Error ? error.message : String(error) }];
}
