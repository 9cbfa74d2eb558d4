import { expect, test } from "vitest";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import { openCorner } from "./conformance/corner.conformance.ts";
import { Database } from "./sqlite/database.ts";
import { inProcessStore } from "./sqlite/in-process.ts";
import { migrate } from "./sqlite/migrate.ts";
import { TenantCache } from "./tenant-cache.ts";

async function bench(cachedTenantsMax = 10) {
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, 0);
  const store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => 0,
    schedule: setImmediate,
  });
  const { environmentId } = await openCorner(store);
  const clock = new SimulatedClock(1000);
  const broadcast = new InProcessBroadcast(() => {});
  let reads = 0;
  const counting = {
    getTenant: (input: Parameters<typeof store.getTenant>[0]) => {
      reads += 1;
      return store.getTenant(input);
    },
  };
  const cache = new TenantCache({ store: counting, broadcast, clock }, { cachedTenantsMax, cachedTenantMs: 1000 });
  const put = (key: string, document: object) =>
    store.putTenant({ environmentId, key, document: JSON.stringify(document), now: 1 });
  const load = (key = "acme") => cache.load(environmentId, key);
  const peek = (key = "acme") => cache.peek(environmentId, key);
  return { clock, broadcast, cache, put, load, peek, reads: () => reads };
}

test("a tenant is read once for all who ask, and is there at once then", async () => {
  const { put, load, peek, reads } = await bench();
  await put("acme", { name: "Acme", branding: { colour: "red" } });
  expect(peek()).toBeUndefined();
  const [first, second] = await Promise.all([load(), load()]);
  expect(first).toEqual({ key: "acme", name: "Acme", branding: { colour: "red" } });
  expect(second).toBe(first);
  expect(peek()).toBe(first);
  expect(reads()).toBe(1);
});

test("one that nobody has described has its key alone, and is not asked for again and again", async () => {
  const { load, peek, reads } = await bench();
  expect(await load("new")).toEqual({ key: "new", name: undefined, branding: {} });
  expect(peek("new")).toEqual({ key: "new", name: undefined, branding: {} });
  expect(reads()).toBe(1);
});

test("a hint makes a change seen, and without one time does, within a second", async () => {
  const { clock, broadcast, put, load, peek } = await bench();
  await put("acme", { name: "1" });
  expect((await load()).name).toBe("1");
  await put("acme", { name: "2" });
  const told = new Promise<void>((resolve) => void broadcast.subscribe("tenants", () => resolve()));
  broadcast.publish("tenants");
  await told;
  expect(peek()).toBeUndefined();
  expect((await load()).name).toBe("2");
  await put("acme", { name: "3" });
  await clock.settleTo(clock.now() + 1000);
  expect(peek()).toBeUndefined();
  expect((await load()).name).toBe("3");
});

test("a tenant in use is read anew before its time is over", async () => {
  const { clock, put, load, peek } = await bench();
  await put("acme", { name: "1" });
  await load();
  await put("acme", { name: "2" });
  await clock.settleTo(clock.now() + 600);
  expect(peek()?.name).toBe("1");
  expect((await load()).name).toBe("1");
  await expect.poll(() => peek()?.name).toBe("2");
});

test("no more than its bound are kept", async () => {
  const { load, peek } = await bench(2);
  for (const key of ["a", "b", "c"]) await load(key);
  expect(["a", "b", "c"].map((key) => peek(key)?.key)).toEqual([undefined, "b", "c"]);
});
