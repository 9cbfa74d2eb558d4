import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** Another process holds the data directory. */
export class DataDirectoryInUse extends Error {
  override name = "DataDirectoryInUse";
  constructor(directory: string) {
    super(`another Tidings process owns the data directory ${directory}: stop it, or choose another TIDINGS_DATA_DIR`);
  }
}

/**
 * One owner per data directory: an exclusive lock on a small database of its own, which the kernel gives back when
 * the process dies, however it dies. (A lock on the main database would keep its own readers out; a pid file
 * outlives its process.)
 */
export function lockDataDirectory(directory: string): { release(): void } {
  const database = new DatabaseSync(join(directory, "owner.lock"));
  try {
    database.exec(
      "pragma busy_timeout = 0; pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive",
    );
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) throw new DataDirectoryInUse(directory);
    throw error;
  }
  let held = true;
  return {
    release() {
      if (held) database.close();
      held = false;
    },
  };
}
