import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../lib/simulated-clock.ts";
import type { IntegrationConfiguration } from "../ports/configuration.ts";
import type { ProbeResult, Provider, SendContext } from "../ports/provider.ts";
import type { ProbeEnd, ProbeRow } from "../ports/store/probes.ts";
import { startProbeRounds } from "./probe-rounds.ts";
import { Prober } from "./prober.ts";

const minuteMs = 60_000;
const startMs = 1000 * minuteMs;
const limits = { everyMs: 60 * minuteMs, afterFailureMs: 10 * minuteMs, lookMs: minuteMs, atOnceMax: 2, perLookMax: 3 };

const integration = (key: string, version = 1): IntegrationConfiguration => ({
  environmentId: 1,
  key,
  version,
  document: { channel: "email", provider: "acme" },
  secrets: {},
});

type Said = ProbeResult | "never" | "throws";

/** Vendors that answer as is said, `ok` where nothing is; `broken` has no provider, and `dumb` cannot be asked. */
function vendors(state: { atOnce: number; mostAtOnce: number }, asked: string[], answers: ReadonlyMap<string, Said>) {
  const answer = async (key: string, { signal }: SendContext): Promise<ProbeResult> => {
    asked.push(key);
    signal.addEventListener("abort", () => asked.push(`${key} ended`));
    state.atOnce += 1;
    state.mostAtOnce = Math.max(state.mostAtOnce, state.atOnce);
    await Promise.resolve();
    const said = answers.get(key) ?? { status: "ok" };
    if (said === "never") return new Promise(() => {});
    state.atOnce -= 1;
    if (said === "throws") throw new TypeError("for somebody@example.com");
    return said;
  };
  const inert = { maxBatch: 1, idempotent: false, send: async () => [], close: async () => {} };
  return ({ key }: IntegrationConfiguration): Provider | undefined => {
    if (key === "broken") return undefined;
    return key === "dumb" ? inert : { ...inert, probe: (context) => answer(key, context) };
  };
}

/** Probes over a store in memory and vendors that answer as the test says. */
function bench(keys: readonly string[], over: Partial<typeof limits> = {}) {
  const clock = new SimulatedClock(startMs);
  const state = {
    isHolder: true,
    integrations: keys.map((key) => integration(key)),
    leases: 0,
    atOnce: 0,
    mostAtOnce: 0,
  };
  const rows = new Map<string, ProbeRow>();
  const asked: string[] = [];
  const noted: [number, number][] = [];
  const faults: unknown[] = [];
  const told: string[] = [];
  const answers = new Map<string, Said>();
  const failing: { record?: Error; list?: Error } = {};
  const store = {
    recordProbe: async (end: ProbeEnd): Promise<ProbeRow> => {
      if (failing.record !== undefined) throw failing.record;
      const row = { ...end, goodAt: end.status === "ok" ? end.at : null };
      rows.set(end.integration, row);
      return row;
    },
    listProbes: async () => {
      if (failing.list !== undefined) throw failing.list;
      return [...rows.values()];
    },
    noteAccepted: async ({ fromMinute, toMinute }: { fromMinute: number; toMinute: number }) =>
      void noted.push([fromMinute - startMs / minuteMs, toMinute - startMs / minuteMs]),
  };
  const providerOf = vendors(state, asked, answers);
  const prober = new Prober({
    store,
    clock,
    providerOf,
    hasVendor: ({ key }) => key !== "inbox",
    newId: () => "c",
    timeoutMs: 5000,
  });
  const start = () =>
    startProbeRounds({
      store,
      clock,
      random: { number: () => 0.5, bytes: () => Buffer.alloc(0) },
      leases: {
        hold: async (name, forMs) => {
          expect([name, forMs]).toEqual(["probes", 2 * minuteMs]);
          state.leases += 1;
          return state.isHolder;
        },
      },
      integrations: () => state.integrations,
      probe: (each) => prober.probe(each),
      limits: { ...limits, ...over },
      onProbed: ({ integration: key, status }) => told.push(`${key} ${status}`),
      onFault: (error) => faults.push(error),
    });
  const go = (minutes: number) => clock.settleTo(clock.now() + minutes * minuteMs);
  return { clock, state, rows, asked, noted, faults, told, answers, failing, prober, start, go };
}

describe("rounds of probes", () => {
  test("ask each integration once in its time, and sooner after it failed", async () => {
    const { asked, answers, told, start, go } = bench(["a", "b"]);
    answers.set("b", { status: "failed", code: "401", detail: "refused" });
    const rounds = start();
    await go(1);
    expect(told).toEqual(["a ok", "b failed"]);
    await go(6);
    expect(asked).toEqual(["a", "b"]);
    await go(5);
    expect(asked).toEqual(["a", "b", "b"]);
    answers.delete("b");
    await go(11);
    expect(told.at(-1)).toBe("b ok");
    const before = asked.length;
    await go(20);
    expect(asked).toHaveLength(before);
    await go(20);
    expect(asked.filter((key) => key === "a")).toHaveLength(2);
    rounds.stop();
    await go(1000);
    expect(asked.filter((key) => key === "a")).toHaveLength(2);
  });

  test("ask a new version with the next look", async () => {
    const { state, asked, rows, start, go } = bench(["a"]);
    start();
    await go(2);
    state.integrations = [integration("a", 2)];
    await go(1);
    expect([asked, rows.get("a")?.version]).toEqual([["a", "a"], 2]);
  });

  test("are of one process, which takes over what was sent since its last look", async () => {
    const { state, asked, noted, start, go } = bench(["a"]);
    state.isHolder = false;
    start();
    await go(3);
    expect([asked, noted, state.leases]).toEqual([[], [], 3]);
    state.isHolder = true;
    await go(3);
    expect(asked).toEqual(["a"]);
    // the first look goes an hour back; each further one begins a little before where the last one ended
    expect(noted).toEqual([
      [3 - 60, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  test("ask so many in one look, and so many at once", async () => {
    const { state, asked, start, go } = bench(["a", "b", "c", "d", "e"]);
    start();
    await go(1);
    expect([asked, state.mostAtOnce]).toEqual([["a", "b", "c"], 2]);
    await go(1);
    expect(asked).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("go on where one cannot be kept, and where the store was away", async () => {
    const { asked, faults, failing, told, start, go } = bench(["a", "b"]);
    failing.list = new Error("away");
    start();
    await go(1);
    expect([asked, faults]).toEqual([[], [failing.list]]);
    delete failing.list;
    failing.record = new Error("full");
    await go(1);
    expect([asked, faults.length]).toEqual([["a", "b"], 3]);
    delete failing.record;
    await go(1);
    expect(told).toEqual(["a ok", "b ok"]);
  });
});

describe("a probe", () => {
  const probe = async (key: string, answered?: Said) => {
    const { prober, answers, clock } = bench([]);
    if (answered !== undefined) answers.set(key, answered);
    const row = prober.probe(integration(key));
    await clock.settleTo(startMs + 5001);
    const { status, code, detail, at } = await row;
    return { status, code, detail, tookMs: (at ?? 0) - startMs };
  };

  test("keeps what the vendor said", async () => {
    expect(await probe("a")).toMatchObject({ status: "ok", code: "", detail: "" });
    const failed = { status: "failed", code: "401", detail: "refused" } as const;
    expect(await probe("a", failed)).toMatchObject(failed);
    expect(await probe("a", { status: "unchecked", detail: "no permission" })).toMatchObject({
      status: "unchecked",
      detail: "no permission",
    });
  });

  test("is unchecked where there is nobody to ask", async () => {
    expect(await probe("inbox")).toMatchObject({ status: "unchecked", detail: "there is no vendor behind it" });
    expect(await probe("dumb")).toMatchObject({ status: "unchecked", detail: "its vendor has nothing to ask" });
  });

  test("fails where the provider cannot be made, is silent for its time, or has a fault", async () => {
    expect(await probe("broken")).toMatchObject({ status: "failed", code: "provider_unusable" });
    expect(await probe("a", "never")).toEqual({
      status: "failed",
      code: "timeout",
      detail: "there was no answer in 5000 ms",
      tookMs: 5000,
    });
    expect(await probe("a", "throws")).toMatchObject({ status: "failed", code: "provider_fault", detail: "TypeError" });
  });

  test("that is silent is ended, so that nothing of it is left", async () => {
    const { prober, answers, asked, clock } = bench([]);
    answers.set("a", "never");
    const row = prober.probe(integration("a"));
    await clock.settleTo(startMs + 4999);
    expect(asked).toEqual(["a"]);
    await clock.settleTo(startMs + 5000);
    await row;
    expect(asked).toEqual(["a", "a ended"]);
  });

  test("is one for all who ask meanwhile, and another for who asks after it", async () => {
    const { prober, asked } = bench([]);
    const [one, other] = await Promise.all([prober.probe(integration("a")), prober.probe(integration("a"))]);
    expect([one === other, asked]).toEqual([true, ["a"]]);
    await prober.probe(integration("a"));
    await Promise.all([prober.probe(integration("a")), prober.probe(integration("a", 2))]);
    expect(asked).toHaveLength(4);
  });
});
