import { afterEach, describe, expect, test } from "vitest";
import { InProcessBroadcast } from "../broadcast/in-process.ts";
import { someOrigin } from "../domain/delivery.conformance.ts";
import { sealContext } from "../domain/event-payload.ts";
import { Keyring } from "../lib/keyring.ts";
import { SeededRandom } from "../lib/seeded-random.ts";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import { ConfigurationCache, type ConfigurationChange } from "./configuration-cache.ts";
import { deleteConfiguration, putConfiguration } from "./conformance/write-configuration.conformance.ts";
import { Database } from "./sqlite/database.ts";
import { inProcessStore } from "./sqlite/in-process.ts";
import { migrate } from "./sqlite/migrate.ts";

const start = Date.UTC(2026, 0, 1);
const limits = { pollIntervalMs: 500, pageMax: 3, oldVersionsMax: 2 };
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function bench() {
  const clock = new SimulatedClock(start);
  const random = new SeededRandom(1);
  const database = new Database(":memory:", { cacheMib: 2, checkpointPages: 1000 });
  migrate(database, start);
  const store = inProcessStore(database, {
    limits: { turnMs: 10, turnCallsMax: 100 },
    monotonic: () => clock.monotonic(),
    schedule: (turn) => setImmediate(turn),
  });
  const keyring = new Keyring(Buffer.alloc(32, 1), (length) => random.bytes(length), 100);
  for (const key of ["development", "production"]) {
    const wrapped = { wrappedDataKey: keyring.newWrappedKey(), wrappedAddressKey: keyring.newWrappedKey() };
    keyring.addEnvironment(await store.createEnvironment({ key, ...wrapped, createdAt: start }));
  }
  const faults: { error: unknown; change: ConfigurationChange | undefined }[] = [];
  const broadcast = new InProcessBroadcast((error) => faults.push({ error, change: undefined }));
  const make = () => {
    const parts = {
      store,
      broadcast,
      clock,
      keyring,
      onFault: (error: unknown, change?: ConfigurationChange) => faults.push({ error, change }),
    };
    const cache = new ConfigurationCache(parts, limits);
    ended.push(() => cache.stop());
    return cache;
  };
  ended.push(async () => database.close());
  ended.reverse();
  const put = (
    kind: "workflow" | "template" | "category" | "integration",
    key: string,
    document: unknown,
    sealed: string | null = null,
    environmentId = 1,
  ) =>
    putConfiguration(store, {
      environmentId,
      kind,
      key,
      document: JSON.stringify(document),
      secrets: sealed,
      secretNames: [],
      now: clock.now(),
    });
  return { clock, store, keyring, broadcast, faults, cache: make(), make, put };
}

const mail = (subject: string) => ({ email: { subject, text: "x" } });
const workflow = (category: string, event?: string) => ({
  category,
  ...(event === undefined ? {} : { event }),
  steps: [{ id: "mail", type: "channel", channel: "email", template: "t" }],
});

describe("configuration cache", () => {
  test("loads all pages at its start", async () => {
    const { cache, put } = await bench();
    for (let index = 0; index < 10; index += 1) await put("template", `t${index}`, mail(`s${index}`));
    await cache.start();
    expect(cache.currentTemplate(1, "t9")?.document.email?.subject).toBe("s9");
    expect(cache.currentTemplate(1, "t0")?.version).toBe(1);
    expect(cache.currentTemplate(2, "t0")).toBeUndefined();
  });

  test("finds workflows by their event, or by their key where they name none, in order of key", async () => {
    const { cache, put } = await bench();
    await put("workflow", "b", workflow("news", "order.shipped"));
    await put("workflow", "a", workflow("news", "order.shipped"));
    await put("workflow", "order.paid", workflow("news"));
    await cache.start();
    expect(cache.workflowsFor(1, "order.shipped").map((found) => found.key)).toEqual(["a", "b"]);
    expect(cache.workflowsFor(1, "order.paid").map((found) => found.key)).toEqual(["order.paid"]);
    expect(cache.workflowsFor(1, "nothing")).toEqual([]);
    expect(cache.workflowsFor(2, "order.shipped")).toEqual([]);
  });

  test("knows which events runs wait for, by earlier versions too: of its own time, and after a restart", async () => {
    const { cache, put, make, clock } = await bench();
    const wait = { id: "wait", type: "wait_for", event: "order.paid", timeoutSeconds: 60 };
    await put("workflow", "a", { category: "news", steps: [wait] });
    await cache.start();
    const awaited = (of: typeof cache) => of.awaitedAs(1, "order.paid", clock.now()).length;
    expect([awaited(cache), cache.awaitedAs(2, "order.paid", clock.now()).length]).toEqual([1, 0]);
    await put("workflow", "a", workflow("news"));
    await cache.refresh();
    const restarted = make();
    await restarted.start();
    expect([awaited(cache), awaited(restarted)]).toEqual([1, 1]);
    expect(cache.awaitedAs(1, "order.paid", clock.now() + 2 * 86_400_000)).toEqual([]);
  });

  test("a refresh sees what was committed before it, even while an earlier catch-up is reading", async () => {
    const { cache, put } = await bench();
    await cache.start();
    for (let round = 0; round < 20; round += 1) {
      const earlier = cache.refresh();
      await put("category", "news", { class: "marketing", name: `n${round}` });
      await Promise.all([cache.refresh(), cache.refresh()]);
      expect(cache.category(1, "news")?.document.name).toBe(`n${round}`);
      await earlier;
    }
  });

  test("follows hints without waiting for the poll", async () => {
    const { cache, broadcast, put } = await bench();
    await cache.start();
    const changed = new Promise<ConfigurationChange>((resolve) => {
      cache.onChange(resolve);
    });
    await put("category", "news", { class: "critical" });
    broadcast.publish("configuration");
    expect(await changed).toEqual({ environmentId: 1, kind: "category", key: "news", version: 1, deleted: false });
    expect(cache.laneOf(1, "news")).toBe("critical");
  });

  test("follows by its poll when hints are lost, again and again", async () => {
    const { cache, clock, put } = await bench();
    await cache.start();
    for (const name of ["one", "two"]) {
      const changed = new Promise((resolve) => {
        cache.onChange(resolve);
      });
      await put("category", "news", { class: "critical", name });
      clock.advanceTo(clock.now() + limits.pollIntervalMs);
      await changed;
      expect(cache.category(1, "news")?.document.name).toBe(name);
      await cache.refresh();
    }
  });

  test("forgets what was deleted", async () => {
    const { cache, store, put } = await bench();
    await put("workflow", "w", workflow("news", "e"));
    await put("category", "news", { class: "critical" });
    await cache.start();
    expect(cache.laneOf(1, "news")).toBe("critical");
    await deleteConfiguration(store, { environmentId: 1, kind: "workflow", key: "w", now: start });
    await deleteConfiguration(store, { environmentId: 1, kind: "category", key: "news", now: start });
    await cache.refresh();
    expect(cache.workflowsFor(1, "e")).toEqual([]);
    expect(cache.laneOf(1, "news")).toBe("marketing");
  });

  test("opens the secrets of integrations", async () => {
    const { cache, keyring, put } = await bench();
    const sealed = keyring.sealForEnvironment(1, sealContext.secrets, JSON.stringify({ password: "hunter2" }));
    await put("integration", "smtp", { channel: "email", provider: "smtp" }, sealed);
    await put("integration", "box", { channel: "email", provider: "sandbox" });
    await cache.start();
    expect(cache.integrations(1).map(({ key, secrets }) => ({ key, secrets }))).toEqual([
      { key: "box", secrets: {} },
      { key: "smtp", secrets: { password: "hunter2" } },
    ]);
    expect(cache.integrations(2)).toEqual([]);
  });

  test("passes over what it cannot read, reports it, and goes on with the rest", async () => {
    const { cache, faults, put } = await bench();
    await put("category", "broken", { class: "urgent" });
    await put("integration", "sealed-elsewhere", { channel: "email", provider: "smtp" }, "AAAA");
    await put("category", "good", { class: "critical" });
    await cache.start();
    expect(faults.map((fault) => fault.change?.key)).toEqual(["broken", "sealed-elsewhere"]);
    expect(cache.laneOf(1, "good")).toBe("critical");
    expect(cache.category(1, "broken")).toBeUndefined();
    expect(cache.integrations(1)).toEqual([]);
  });

  test("keeps what was in force when its new version cannot be read", async () => {
    const { cache, put } = await bench();
    await put("category", "news", { class: "critical" });
    await cache.start();
    await put("category", "news", { class: "urgent" });
    await cache.refresh();
    expect(cache.laneOf(1, "news")).toBe("critical");
  });

  test("a listener that throws is reported and stops nothing", async () => {
    const { cache, faults, put } = await bench();
    const heard: string[] = [];
    cache.onChange(() => {
      throw new Error("listener");
    });
    const end = cache.onChange((change) => heard.push(change.key));
    await put("category", "a", { class: "critical" });
    await cache.start();
    end();
    await put("category", "b", { class: "critical" });
    await cache.refresh();
    expect(heard).toEqual(["a"]);
    expect(faults).toHaveLength(2);
    expect(cache.laneOf(1, "b")).toBe("critical");
  });

  test("gives every version as it was published, also of what was deleted", async () => {
    const { cache, store, put } = await bench();
    for (const subject of ["one", "two", "three", "four"]) await put("template", "t", mail(subject));
    await put("workflow", "w", workflow("one"));
    await put("workflow", "w", workflow("two"));
    await deleteConfiguration(store, { environmentId: 1, kind: "workflow", key: "w", now: start });
    await cache.start();
    for (const round of [1, 2]) {
      for (const [index, subject] of ["one", "two", "three", "four"].entries()) {
        const found = await cache.templateVersion(1, "t", index + 1);
        expect(found?.document.email?.subject, `round ${round}`).toBe(subject);
      }
    }
    expect((await cache.workflowVersion(1, "w", 1))?.document.category).toBe("one");
    expect(await cache.workflowVersion(1, "w", 9)).toBeUndefined();
    expect(await cache.templateVersion(2, "t", 1)).toBeUndefined();
  });

  test("rejects its start, but not its poll, where the store cannot be read", async () => {
    const { clock, broadcast, keyring, store } = await bench();
    const faults: unknown[] = [];
    let broken = true;
    const reads = {
      getConfiguration: store.getConfiguration,
      pausesSince: store.pausesSince,
      supersededWaits: store.supersededWaits,
      configurationSince: (input: { sequence: number; limit: number }) =>
        broken ? Promise.reject(new Error("disk")) : store.configurationSince(input),
    };
    const make = () =>
      new ConfigurationCache(
        { store: reads, broadcast, clock, keyring, onFault: (error) => faults.push(error) },
        limits,
      );
    await expect(make().start()).rejects.toThrow("disk");
    broken = false;
    const cache = make();
    await cache.start();
    broken = true;
    await clock.settleTo(clock.now() + limits.pollIntervalMs);
    expect(faults).toEqual([new Error("disk")]);
    broken = false;
    await cache.refresh();
    await cache.stop();
  });

  test("starts once, stops twice, and reads nothing afterwards", async () => {
    const { cache, clock, put } = await bench();
    await Promise.all([cache.start(), cache.start()]);
    await Promise.all([cache.stop(), cache.stop()]);
    expect(clock.pending).toBe(0);
    await put("category", "late", { class: "critical" });
    await cache.refresh();
    expect(cache.category(1, "late")).toBeUndefined();
  });
});

describe("pauses in the configuration cache", () => {
  const name = { environmentId: 1, kind: "lane", key: "marketing", tenant: "" } as const;
  const put = (store: Awaited<ReturnType<typeof bench>>["store"], over: object = {}) =>
    store.putPause({ ...name, id: "p1", reason: "", until: null, now: start, pausesMax: 10, ...over });
  const of = (cache: ConfigurationCache, environmentId = 1) =>
    cache.pauses(environmentId).of(someOrigin({ environmentId, lane: "marketing", tenant: "acme" }), start)?.id;

  test("are in force with a hint, or by the poll, and until they end; of their environment alone", async () => {
    const { cache, store, broadcast, clock, make } = await bench();
    await cache.start();
    const told: number[] = [];
    const changed = () =>
      new Promise<void>((resolve) => {
        const end = cache.onPauses((environmentId) => {
          told.push(environmentId);
          end();
          resolve();
        });
      });
    expect([of(cache), cache.pauses(1).isEmpty, cache.nextRelease()]).toEqual([undefined, true, undefined]);
    const hinted = changed();
    await put(store);
    broadcast.publish("configuration");
    await hinted;
    expect([of(cache), of(cache, 2), cache.nextRelease()]).toEqual(["p1", undefined, undefined]);
    const polled = changed();
    await store.endPause({ ...name, now: start });
    clock.advanceTo(clock.now() + limits.pollIntervalMs);
    await polled;
    expect([of(cache), cache.pauses(1).isEmpty, cache.nextRelease()]).toEqual([undefined, true, 0]);
    await store.releaseHeld({ now: start, limit: 10 });
    await cache.refresh();
    expect(cache.nextRelease()).toBeUndefined();
    expect(told).toEqual([1, 1]);
    const restarted = make();
    await restarted.start();
    expect([of(restarted), restarted.nextRelease()]).toEqual([undefined, undefined]);
  });

  test("are all loaded at the start, more than a page of them, and tell when the next one ends by itself", async () => {
    const { cache, store, make } = await bench();
    await put(store, { id: "p1", tenant: "acme", until: start + 5000 });
    for (let index = 2; index < 9; index += 1) await put(store, { id: `p${index}`, tenant: `t${index}` });
    await put(store, { id: "p9", tenant: "t9", until: start + 1000 });
    await cache.start();
    expect([of(cache), cache.nextRelease()]).toEqual(["p1", start + 1000]);
    await put(store, { id: "p10", tenant: "t9" });
    await cache.refresh();
    expect(cache.nextRelease()).toBe(start + 5000);
    await put(store, { environmentId: 2, id: "other" });
    const restarted = make();
    await restarted.start();
    expect([of(restarted), of(restarted, 2)]).toEqual(["p1", "other"]);
  });

  test("go on to be read where documents cannot be, and the fault is told", async () => {
    const { clock, broadcast, keyring, store, faults } = await bench();
    let isBroken = false;
    const configurationSince = (input: { sequence: number; limit: number }) =>
      isBroken ? Promise.reject(new Error("disk")) : store.configurationSince(input);
    const parts = { store: { ...store, configurationSince }, broadcast, clock, keyring, onFault: () => {} };
    const cache = new ConfigurationCache(parts, limits);
    await cache.start();
    isBroken = true;
    await put(store);
    await expect(cache.refresh()).rejects.toThrow("disk");
    expect([of(cache), faults]).toEqual(["p1", []]);
    await cache.stop();
  });

  test("reach every listener, also behind one that throws", async () => {
    const { cache, store, faults } = await bench();
    await cache.start();
    const told: number[] = [];
    cache.onPauses(() => {
      throw new Error("listener");
    });
    cache.onPauses((environmentId) => told.push(environmentId));
    await put(store);
    await cache.refresh();
    expect([told, faults.map(({ error }) => error)]).toEqual([[1], [new Error("listener")]]);
  });
});
