import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { loadEvents } from "../conformance/attention-load.conformance.ts";
import { times } from "../conformance/corner.conformance.ts";
import { orderTogether } from "../conformance/order-load.conformance.ts";
import { Database } from "./database.ts";
import { inProcessStore } from "./in-process.ts";
import { migrate } from "./migrate.ts";

test("no order is broken and no cap exceeded by loops that plan and send at once", {
  timeout: 60_000 + loadEvents * 30,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), "tidings-order-"));
  const database = new Database(join(directory, "tidings.db"), { cacheMib: 8, checkpointPages: 1000 });
  try {
    migrate(database, 0);
    const store = inProcessStore(database, {
      limits: { turnMs: 10, turnCallsMax: 500 },
      monotonic: () => performance.now(),
      schedule: (turn) => setImmediate(turn),
    });
    await orderTogether(times(4, () => store));
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
});
