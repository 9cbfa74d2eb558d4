import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeConformance } from "../store.conformance.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";

storeConformance("SQLite in process", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tidings-store-"));
  const databases: Database[] = [];
  const open = () => {
    const database = new Database(join(directory, "tidings.db"), { cacheMib: 8, checkpointPages: 1000 });
    databases.push(database);
    migrate(database, 0);
    const limits = { turnMs: 10, turnCallsMax: 500 };
    return inProcessStore(database, {
      limits,
      monotonic: () => performance.now(),
      schedule: (turn) => setImmediate(turn),
    });
  };
  return {
    store: open(),
    // Another connection finds what the first committed, as after the first's process was killed.
    reopen: async () => open(),
    softBounces: async (environmentId) =>
      databases[0]?.all("select * from soft_bounce where environment_id = ? order by address_hash", environmentId) ??
      [],
    close: async () => {
      for (const database of databases) database.close();
      rmSync(directory, { recursive: true });
    },
  };
});
