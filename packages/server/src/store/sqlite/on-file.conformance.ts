import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../../ports/store/store.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";

/** Runs with a database in a file of its own. */
export async function withFile(run: (database: Database) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "tidings-on-file-"));
  const database = new Database(join(directory, "tidings.db"), { cacheMib: 64, checkpointPages: 1000 });
  try {
    migrate(database, 0);
    await run(database);
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
}

/** Runs with a store on a file of its own, whose turns take no longer than a server's. */
export function onFile(run: (store: Store) => Promise<void>): Promise<void> {
  return withFile((database) =>
    run(
      inProcessStore(database, {
        limits: { turnMs: 10, turnCallsMax: 500 },
        monotonic: () => performance.now(),
        schedule: (turn) => setImmediate(turn),
      }),
    ),
  );
}
