import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IdSource } from "../lib/ids.ts";
import { Keyring } from "../lib/keyring.ts";
import { SystemClock } from "../lib/system-clock.ts";
import { SystemRandom } from "../lib/system-random.ts";
import type { EnvironmentRow } from "../ports/store/keys.ts";
import type { Store } from "../ports/store/store.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { prepareBootstrapKey } from "./bootstrap-key.ts";
import { prepareEnvironments } from "./environments.ts";

const clock = new SystemClock();
const random = new SystemRandom();
const ids = new IdSource(
  () => clock.now(),
  (length) => random.bytes(length),
);
const bytes = (length: number) => random.bytes(length);
const configured = "k".repeat(40);

let folder = "";
let database: Database;
let store: Store;
let environment: EnvironmentRow;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidings start "));
  database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, 0);
  store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: (turn) => setImmediate(turn),
  });
  const rows = await prepareEnvironments({ store, keyring: new Keyring(Buffer.alloc(32, 1), bytes, 10), clock });
  const [first] = rows;
  if (first === undefined) throw new Error("no environment was made");
  environment = first;
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

const prepare = (key?: string) => prepareBootstrapKey({ store, clock, ids, random }, environment, key, folder);
const keys = () => store.listApiKeys({ environmentId: environment.id, after: "", limit: 100 });

describe("environments", () => {
  test("development and production are there after the first start, and the same after later ones", async () => {
    const before = await store.listEnvironments({});
    expect(before.map((row) => row.key)).toEqual(["development", "production"]);
    const keyring = new Keyring(Buffer.alloc(32, 1), bytes, 10);
    await prepareEnvironments({ store, keyring, clock });
    expect(await store.listEnvironments({})).toEqual(before);
    for (const row of before)
      expect(keyring.unsealForEnvironment(row.id, "c", keyring.sealForEnvironment(row.id, "c", "x"))).toBe("x");
  });

  test("sealed with another master key stop the start, by name", async () => {
    const keyring = new Keyring(Buffer.alloc(32, 2), bytes, 10);
    await expect(prepareEnvironments({ store, keyring, clock })).rejects.toThrow("master key");
  });
});

describe("the bootstrap key", () => {
  test("is made at the first start and shown at every one", async () => {
    const first = await prepare();
    expect(first).toMatchObject({
      status: "ready",
      key: expect.stringMatching(/^tdg_d_[\w-]{43}$/),
      place: join(folder, "api-key"),
    });
    expect(await prepare()).toEqual(first);
    expect(await keys()).toHaveLength(1);
  });

  test("is in the store as its hash only", async () => {
    const made = await prepare();
    const stored = JSON.stringify(await keys());
    expect(made.status === "ready" && !stored.includes(made.key)).toBe(true);
  });

  test("that was set is taken once, whatever the data folder holds, and written to no file", async () => {
    for (let start = 0; start < 2; start += 1) {
      expect(await prepare(configured)).toEqual({
        status: "ready",
        key: configured,
        place: "TIDINGS_API_KEY",
        warning: undefined,
      });
    }
    expect(await keys()).toHaveLength(1);
    await expect(readFile(join(folder, "api-key"))).rejects.toThrow("ENOENT");
  });

  test("is not made up where the environment has a key already", async () => {
    await prepare(configured);
    expect(await prepare()).toEqual({ status: "none" });
    expect(await keys()).toHaveLength(1);
  });

  test("that was revoked is not made anew", async () => {
    await prepare();
    const [row] = await keys();
    await store.revokeApiKey({ environmentId: environment.id, id: row?.id ?? "", now: 1 });
    expect(await prepare()).toEqual({ status: "revoked", place: join(folder, "api-key") });
    expect(await keys()).toHaveLength(1);
  });

  test("whose start was interrupted before it was stored is stored by the next", async () => {
    const failing = { ...store, createApiKey: () => Promise.reject(new Error("power")) };
    await expect(
      prepareBootstrapKey({ store: failing, clock, ids, random }, environment, undefined, folder),
    ).rejects.toThrow("power");
    expect(await keys()).toHaveLength(0);
    expect((await prepare()).status).toBe("ready");
    expect(await keys()).toHaveLength(1);
  });
});
