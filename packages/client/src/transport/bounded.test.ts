import { getEventListeners } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { TidingsAbortError, TidingsTimeoutError } from "../errors.ts";
import { type FaultServer, faultServer } from "../testing/fault-server.ts";
import { Tidings } from "../tidings.ts";
import { bounded } from "./bounded.ts";

const id = "018f3c5a-7d2e-8a4b-9c1d-2e3f4a5b6c7d";
let server: FaultServer;
let tidings: Tidings;
beforeAll(async () => {
  server = await faultServer();
  tidings = new Tidings({ apiKey: "key", baseUrl: server.url });
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  server.script.length = 0;
});

const get = (options: Parameters<typeof tidings.events.get>[1]) => tidings.events.get(id, options);
const elapsed = async (call: Promise<unknown>): Promise<{ ms: number; error: unknown }> => {
  const begun = performance.now();
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  return { ms: performance.now() - begun, error };
};
/** Timers that keep the process alive: the SDK's, and undici's of open connections, which do not count as `Timeout`. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("a time-out", () => {
  test.each([{ kind: "stall" }, { kind: "hang", text: '{"id":' }] as const)(
    "ends an attempt that meets $kind",
    async (fault) => {
      server.script.push(fault);
      const { ms, error } = await elapsed(get({ timeoutMs: 100, retries: 0 }));
      expect(error).toBeInstanceOf(TidingsTimeoutError);
      expect(error).toMatchObject({ operation: "getEvent", timeoutMs: 100 });
      expect(ms).toBeLessThan(5000);
      // The connection is given up too.
      await vi.waitUntil(() => server.open() === 0);
    },
  );

  test("is repeated as a lost connection is", async () => {
    server.script.push({ kind: "stall" }, { kind: "answer", status: 404, json: {} });
    const { error } = await elapsed(get({ timeoutMs: 1000 }));
    expect(error).toMatchObject({ status: 404, attempts: 2 });
  });

  test("of the call ends all its attempts and waits", async () => {
    server.script.push({ kind: "stall" });
    const { ms, error } = await elapsed(get({ timeoutMs: 100, callTimeoutMs: 350, retries: 20 }));
    expect(error).toBeInstanceOf(TidingsTimeoutError);
    expect(ms).toBeLessThan(5000);
    expect(server.seen.length).toBeLessThan(5);
  });

  test("holds with a fetch that does not heed its signal, whose late answer is let go", async () => {
    const canceled = vi.fn(async () => {});
    let answer = (): void => {};
    const deaf = new Tidings({
      apiKey: "key",
      baseUrl: server.url,
      fetch: () =>
        new Promise((resolve) => {
          answer = () =>
            resolve({
              status: 200,
              headers: new Headers(),
              body: { getReader: () => ({ read: vi.fn(), cancel: canceled }) },
            });
        }),
    });
    await expect(deaf.health({ timeoutMs: 50, retries: 0 })).rejects.toBeInstanceOf(TidingsTimeoutError);
    answer();
    await vi.waitUntil(() => canceled.mock.calls.length === 1);
    expect(canceled).toHaveBeenCalledOnce();
  });
});

describe("the caller's signal", () => {
  test("ends a call that waits for its answer, at once and with its reason", async () => {
    server.script.push({ kind: "stall" });
    const controller = new AbortController();
    const call = elapsed(get({ signal: controller.signal }));
    await server.received(1);
    controller.abort("enough");
    const { error } = await call;
    expect(error).toBeInstanceOf(TidingsAbortError);
    expect(error).toMatchObject({ cause: "enough", operation: "getEvent" });
    await vi.waitUntil(() => server.open() === 0);
  });

  test("ends a call that waits for its next attempt", async () => {
    server.script.push({ kind: "answer", status: 503, json: {}, headers: { "retry-after": "60" } });
    const controller = new AbortController();
    const call = elapsed(get({ signal: controller.signal }));
    await server.received(1);
    // The answer is there when the connection has nothing pending any more; the wait for the next attempt is a minute.
    await vi.waitUntil(() => server.open() === 0);
    controller.abort();
    const { ms, error } = await call;
    expect(error).toBeInstanceOf(TidingsAbortError);
    expect(ms).toBeLessThan(10_000);
  });

  test("that is aborted already lets nothing be sent", async () => {
    await expect(get({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(TidingsAbortError);
    expect(server.seen).toEqual([]);
  });

  test("ends a list between its pages", async () => {
    const item = { key: "a", version: 1, updatedAt: "2026-01-01T00:00:00Z", document: { class: "critical" } };
    server.script.push({ kind: "answer", status: 200, json: { items: [item], nextCursor: "c" } });
    const controller = new AbortController();
    const walk = async () => {
      for await (const _each of tidings.categories.list({}, { signal: controller.signal })) controller.abort();
    };
    await expect(walk()).rejects.toBeInstanceOf(TidingsAbortError);
    expect(server.seen).toHaveLength(1);
  });
});

test("neither timers nor listeners stay behind, however a call ends", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const before = timers();
  server.script.push(
    { kind: "answer", status: 503, json: {} },
    { kind: "drop" },
    { kind: "stall" },
    { kind: "answer", status: 404, json: {} },
  );
  await elapsed(get({ signal, timeoutMs: 200 }));
  await elapsed(bounded({ operation: "", timeoutMs: 60_000, signal }, async () => 5));
  await elapsed(
    bounded({ operation: "", timeoutMs: 60_000, signal }, async () => {
      throw new Error("of the work");
    }),
  );
  await elapsed(get({ signal, retries: 0 }));
  expect(server.seen.length).toBeGreaterThanOrEqual(5);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(timers()).toBeLessThanOrEqual(before);
});
