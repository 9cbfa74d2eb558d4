import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { claimTogether, loadEvents } from "../conformance/attention-load.conformance.ts";
import { times } from "../conformance/corner.conformance.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";

test("no cap is exceeded by turns that eight loops plan and commit at once", {
  timeout: 30_000 + loadEvents * 10,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), "tidings-attention-"));
  const database = new Database(join(directory, "tidings.db"), { cacheMib: 8, checkpointPages: 1000 });
  try {
    migrate(database, 0);
    const store = inProcessStore(database, {
      limits: { turnMs: 10, turnCallsMax: 500 },
      monotonic: () => performance.now(),
      schedule: (turn) => setImmediate(turn),
    });
    await claimTogether(times(4, () => store));
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
});
