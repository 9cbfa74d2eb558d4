import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Store } from "../../ports/store/store.ts";
import { openCorner, times } from "../conformance/corner.conformance.ts";
import { storeConformance } from "../store.conformance.ts";
import { Database } from "./database.ts";
import { lockDataDirectory } from "./owner-lock.ts";
import { openSqliteStore, type SqliteSettings } from "./thread.ts";

const quiet = { onTurn: () => {}, onFault: () => {} };

function settings(directory: string, over: Partial<SqliteSettings> = {}): SqliteSettings {
  return {
    directory,
    cacheMib: 8,
    checkpointPages: 1000,
    turnMs: 10,
    turnGapMs: 0,
    turnGapMaxMs: 0,
    turnCallsMax: 500,
    waitingMax: 10_000,
    ...over,
  };
}

const made: string[] = [];
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tidings-store-"));
  made.push(directory);
  return directory;
}
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

storeConformance("SQLite on its thread", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tidings-store-"));
  let store = await openSqliteStore(settings(directory), quiet);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqliteStore(settings(directory), quiet);
      return store;
    },
    close: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe("the store's thread", () => {
  test("keeps a second owner out by name, in this process and from another, and lets one in after it", async () => {
    const directory = newDirectory();
    const store = await openSqliteStore(settings(directory), quiet);
    await expect(openSqliteStore(settings(directory), quiet)).rejects.toMatchObject({ name: "DataDirectoryInUse" });
    await expect((await openCorner(store)).queued()).resolves.toBeDefined();
    await store.close();

    const owner = spawn(process.execPath, ["--input-type=module", "-e", foreignOwner, directory], {
      stdio: ["pipe", "pipe", "inherit"],
      cwd: import.meta.dirname,
    });
    await once(owner.stdout, "data");
    await expect(openSqliteStore(settings(directory), quiet)).rejects.toMatchObject({ name: "DataDirectoryInUse" });
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const again = await openSqliteStore(settings(directory), quiet);
    await again.close();
  });

  test("refuses a database that a newer version wrote, and lets go of the directory", async () => {
    const directory = newDirectory();
    await (await openSqliteStore(settings(directory), quiet)).close();
    const database = new Database(join(directory, "tidings.db"), settings(directory));
    database.run("insert into migration (number, name, applied_at) values (9999, 'future', 0)");
    database.close();
    await expect(openSqliteStore(settings(directory), quiet)).rejects.toThrow(/a newer Tidings/);
    lockDataDirectory(directory).release();
  });

  test("refuses further calls at once when too many wait, and takes calls again when it has caught up", async () => {
    const store = await openSqliteStore(settings(newDirectory(), { waitingMax: 5 }), quiet);
    const calls = await Promise.allSettled(times(8, () => store.listEnvironments({})));
    const refused = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
    expect(refused.map(({ name }) => name)).toEqual(["StoreUnavailable", "StoreUnavailable", "StoreUnavailable"]);
    await expect(store.listEnvironments({})).resolves.toEqual([]);
    await store.close();
  });

  test("answers what it was asked before it was closed, and refuses what comes later", async () => {
    const directory = newDirectory();
    const store = await openSqliteStore(settings(directory), quiet);
    const corner = await openCorner(store);
    const events = times(50, () => corner.event());
    const calls = events.map((event) => store.acceptEvents({ events: [event] }));
    const closed = Promise.all([store.close(), store.close()]);
    await expect(store.acceptEvents({ events: [corner.event()] })).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect((await Promise.all(calls)).flat().map(({ status }) => status)).toEqual(events.map(() => "accepted"));
    await closed;
    const again = await openSqliteStore(settings(directory), quiet);
    const due = await again.dueEvents({ lane: "transactional", now: corner.at, limit: 100 });
    expect(new Set(due)).toEqual(new Set(events.map(({ id }) => id)));
    await again.close();
  });

  test("a call that fails names why, and the store goes on", async () => {
    const store = await openSqliteStore(settings(newDirectory()), quiet);
    const corner = await openCorner(store);
    const event = await corner.accepted();
    await expect(store.acceptEvents({ events: [event] })).rejects.toThrow(/UNIQUE/);
    await expect(corner.accepted()).resolves.toBeDefined();
    await store.close();
  });

  test("tells after each turn how many calls it answered", async () => {
    const turns: number[] = [];
    const store: Store = await openSqliteStore(settings(newDirectory()), {
      ...quiet,
      onTurn: (_, calls) => turns.push(calls),
    });
    await Promise.all(times(20, () => store.listEnvironments({})));
    await store.close();
    expect(turns.reduce((sum, calls) => sum + calls, 0)).toBe(20);
    expect(turns.length).toBeLessThan(20);
  });
});

/** Holds the lock from a process of its own until it is killed. */
const foreignOwner = `
  import { DatabaseSync } from "@photostructure/sqlite";
  // Global, as what nobody can reach is collected, and its lock with it.
  globalThis.database = new DatabaseSync(process.argv[1] + "/owner.lock");
  database.exec("pragma locking_mode = exclusive; begin exclusive");
  console.log("held");
  process.stdin.resume();
`;
