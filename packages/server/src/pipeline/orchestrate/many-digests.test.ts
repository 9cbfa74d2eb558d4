import { describe, test } from "vitest";
import type { Database } from "../../store/sqlite/database.ts";
import { withFile } from "../../store/sqlite/on-file.conformance.ts";
import type { DigestEngine } from "./digest-bench.conformance.ts";
import { storeOn } from "./dying-store.conformance.ts";
import { manyOfAStep, manyOfPreferences, manyTimeoutMs } from "./many-digests.conformance.ts";

const engineOn = (database: Database): DigestEngine => ({ open: (life) => storeOn(database, life) });

describe("many digests at once", { timeout: manyTimeoutMs }, () => {
  test("of a step: one of each key, with its events and no others", () =>
    withFile((database) => manyOfAStep(engineOn(database))));

  test("of preferences: one to each recipient, with their events and no others", () =>
    withFile((database) => manyOfPreferences(engineOn(database))));
});
