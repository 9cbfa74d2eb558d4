import { fileURLToPath } from "node:url";
import { readFolder } from "@tidings/folder/read-folder";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GivenSet } from "../api/prepared-set.ts";
import { TidingsError } from "../errors.ts";
import type { Store } from "../ports/store/store.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { seed } from "./seed.ts";

const example = fileURLToPath(new URL("../../../../notifications", import.meta.url));
const limits = { filesMax: 100, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 60_000, memoryMib: 128 };

let database: Database;
let store: Store;
beforeEach(() => {
  database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, 0);
  store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: (turn) => setImmediate(turn),
  });
});
afterEach(() => {
  database.close();
});

type Apply = (set: GivenSet) => Promise<unknown>;

const apply: Apply = ({ documents }) =>
  store.writeDocuments({
    environmentId: 1,
    writes: documents.map(({ kind, key, document }) => ({
      kind,
      key,
      document: JSON.stringify(document),
      secrets: null,
      secretNames: [],
      origin: "",
    })),
    deletes: [],
    expected: [],
    now: 1,
  });

async function run(writer: Apply = apply): Promise<number> {
  const folder = await readFolder(example, { limits, secretOf: () => undefined });
  if ("faults" in folder) throw new Error("the example has faults");
  return seed({ store, apply: writer }, folder.documents);
}

const rows = () => store.configurationSince({ sequence: 0, limit: 100 });

describe("seeding", () => {
  test("writes the folder into an empty store, once", async () => {
    const written = await run();
    const before = await rows();
    expect(before).toHaveLength(written);
    expect(await run()).toBe(0);
    expect(await rows()).toEqual(before);
  });

  test("leaves a store alone that somebody has written to, and what was deleted stays so", async () => {
    await run();
    const deletes = (await rows()).map(({ kind, key }) => ({ kind, key }));
    await store.writeDocuments({ environmentId: 1, writes: [], deletes, expected: [], now: 2 });
    expect(await run()).toBe(0);
    expect((await rows()).every((row) => row.deleted)).toBe(true);
  });

  test("that was interrupted leaves nothing, and the next start writes all", async () => {
    await expect(run(() => Promise.reject(new Error("power")))).rejects.toThrow("power");
    expect(await rows()).toEqual([]);
    const all = await run();
    expect((await rows()).every((row) => row.version === 1)).toBe(true);
    expect(await rows()).toHaveLength(all);
  });

  test("with nothing does nothing, and what comes later is taken", async () => {
    expect(await seed({ store, apply }, [])).toBe(0);
    expect(await run()).toBeGreaterThan(0);
  });

  test("names the file and line of what the API refuses", async () => {
    const refusing: Apply = ({ documents }) => {
      const news = documents.findIndex(({ key }) => key === "news");
      const faults = [{ path: `documents[${news}].document.class`, message: "is odd" }];
      return Promise.reject(new TidingsError("validation_failed", { faults }));
    };
    await expect(run(refusing)).rejects.toThrow("categories.yaml:16:10: class is odd");
  });
});
