import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import { readFolder } from "@tidings/folder/read-folder";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TidingsError } from "../errors.ts";
import type { Store } from "../ports/store/store.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { seed } from "./seed.ts";

const example = fileURLToPath(new URL("../../../../notifications", import.meta.url));
const limits = { filesMax: 100, fileBytesMax: 100_000, bytesMax: 1e6, runMs: 10_000, memoryMib: 128 };

let dataDir = "";
let database: Database;
let store: Store;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "tidings seed "));
  database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, 0);
  store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: (turn) => setImmediate(turn),
  });
});
afterEach(async () => {
  database.close();
  await rm(dataDir, { recursive: true });
});

type Put = (kind: ConfigurationKind, key: string, document: unknown) => Promise<unknown>;

const put: Put = (kind, key, document) =>
  store.putConfiguration({
    environmentId: 1,
    kind,
    key,
    document: JSON.stringify(document),
    secrets: null,
    secretNames: [],
    now: 1,
  });

async function run(writer: Put = put): Promise<number> {
  const folder = await readFolder(example, { limits, secretOf: () => undefined });
  if ("faults" in folder) throw new Error("the example has faults");
  return seed({ store, put: writer, dataDir }, folder.documents);
}

const rows = () => store.configurationSince({ sequence: 0, limit: 100 });

describe("seeding", () => {
  test("writes the folder into an empty store, what is referred to first", async () => {
    const written = await run();
    const kinds = (await rows()).map((row) => row.kind);
    expect(kinds).toHaveLength(written);
    expect([...new Set(kinds)]).toEqual(["category", "template", "integration", "workflow"]);
    expect(await readdir(dataDir)).toEqual([]);
  });

  test("happens once", async () => {
    await run();
    const before = await rows();
    expect(await run()).toBe(0);
    expect(await rows()).toEqual(before);
  });

  test("leaves a store alone that somebody has written to, and what was deleted stays so", async () => {
    await run();
    for (const row of await rows()) await store.deleteConfiguration({ ...row, now: 2 });
    expect(await run()).toBe(0);
    expect((await rows()).every((row) => row.deleted)).toBe(true);
  });

  test.each([0, 1, 5, 8])("that was interrupted after %i documents is finished by the next start", async (count) => {
    let written = 0;
    const failing: Put = (...document) => {
      if (written === count) return Promise.reject(new Error("power"));
      written += 1;
      return put(...document);
    };
    await expect(run(failing)).rejects.toThrow("power");
    const all = await run();
    const finished = await rows();
    expect(finished).toHaveLength(all);
    expect(finished.every((row) => row.version === 1)).toBe(true);
    expect(await run()).toBe(0);
  });

  test("with nothing does nothing, and what comes later is taken", async () => {
    expect(await seed({ store, put, dataDir }, [])).toBe(0);
    expect(await run()).toBeGreaterThan(0);
  });

  test("names the file of what the API refuses", async () => {
    const refusing: Put = () =>
      Promise.reject(new TidingsError("validation_failed", { faults: [{ path: "class", message: "is odd" }] }));
    await expect(run(refusing)).rejects.toThrow(/categories\.yaml:\d+:\d+: class is odd/);
  });
});
