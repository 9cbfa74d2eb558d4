import { describe, expect, test } from "vitest";
import { times } from "../../store/conformance/corner.conformance.ts";
import { type DigestBench, digestBench, digestsSent } from "./digest-bench.conformance.ts";
import { stepLimits } from "./effect-limits.conformance.ts";

/* Steps that gather and count, on a real store under a simulated clock. */

const mail = (id: string) => ({ id, type: "channel", channel: "email", template: "t" });
const steps: Record<string, object[]> = {
  digest: [{ id: "sum", type: "digest", key: "data.key", window: { kind: "fixed", seconds: 60 } }, mail("mail")],
  later: [
    { id: "wait", type: "delay", seconds: 5 },
    { id: "sum", type: "digest", window: { kind: "sliding", seconds: 60, maxSeconds: 90 } },
    {
      id: "many",
      type: "condition",
      if: { field: "steps.sum.count", op: "gte", value: 2 },
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's word in workflow definitions
      then: [mail("mail")],
    },
  ],
  clock: [{ id: "sum", type: "digest", window: { kind: "calendar", every: "hour" } }, mail("mail")],
  throttled: [mail("first"), { id: "few", type: "throttle", limit: 2, windowSeconds: 60 }, mail("second")],
};

const documents = {
  categories: {},
  workflows: Object.fromEntries(Object.entries(steps).map(([key, own]) => [key, { category: "c", steps: own }])),
};
const bench = (digest = stepLimits.digest, pollMs = 1000) => digestBench({ documents, digest, pollMs });

const digests = (b: DigestBench) => digestsSent(b, "sum");
const numbers = (b: DigestBench) => digests(b).map(({ events }) => events.map(({ data }) => data["n"]));

describe("a digest step", () => {
  test("gathers what comes in its window and sends it once, in the order in which it came", async () => {
    const b = await bench();
    const queue = b.start();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      ids.push(await b.accept("digest", { key: "a", n }));
      await b.rest(10_000);
    }
    await b.rest(29_000);
    expect(b.delivered.size).toBe(0);
    await b.rest(3_000);
    const [digest] = digests(b);
    expect(numbers(b)).toEqual([[1, 2, 3]]);
    expect(digest?.events.map(({ id }) => id)).toEqual(ids);
    expect(digest).toMatchObject({ count: 3, firstAt: digest?.events[0]?.at, lastAt: digest?.events[2]?.at });
    const { environmentId, store } = b.corner;
    const rows = await Promise.all(ids.map((id) => store.getEvent({ environmentId, id, limit: 10 })));
    const run = rows[0]?.runs[0]?.id;
    for (const row of rows)
      expect(row?.decisions).toMatchObject([{ outcome: "gathered", reason: "digest", detail: run }]);
    expect(b.faults).toEqual([]);
    await queue.stop();
  });

  test("is joined by runs that waited, and its count is read by a condition behind it", async () => {
    const b = await bench();
    const queue = b.start();
    await b.accept("later", { n: 1 });
    await b.rest(40_000);
    await b.accept("later", { n: 2 });
    await b.rest(100_000);
    expect(numbers(b)).toEqual([[1, 2]]);
    await b.accept("later", { n: 3 });
    await b.rest(100_000);
    expect(numbers(b)).toEqual([[1, 2]]);
    await queue.stop();
  });

  test("goes by the environment's clock where its recipient has none", async () => {
    // A minute before the full hour is half past there.
    const b = await digestBench({ documents: { ...documents, timeZone: "Asia/Kolkata" } });
    const queue = b.start();
    await b.accept("clock", { n: 1 });
    await b.rest(29 * 60_000);
    expect(b.delivered.size).toBe(0);
    await b.rest(3 * 60_000);
    expect(numbers(b)).toEqual([[1]]);
    await queue.stop();
  });

  test("leaves out what was canceled or has expired, and sends nothing where nothing is left", async () => {
    const b = await bench();
    const queue = b.start();
    const first = await b.accept("digest", { key: "a", n: 1 }, { cancellationHash: "c" });
    await b.accept("digest", { key: "a", n: 2 }, { expiresAt: b.clock.now() + 59_000 });
    await b.accept("digest", { key: "a", n: 3 });
    await b.accept("digest", { key: "b", n: 4 }, { cancellationHash: "c" });
    await b.rest(5000);
    const { environmentId, store } = b.corner;
    await store.cancelEvents({ environmentId, cancellationHash: "c", now: b.clock.now() });
    await b.rest(60_000);
    expect(numbers(b)).toEqual([[3]]);
    expect((await store.getEvent({ environmentId, id: first, limit: 10 }))?.messages).toEqual([]);
    const reasons = b.database
      .all("select reason from decision where outcome = 'not_sent'")
      .map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(["digest_empty", "expired"]);
    await queue.stop();
  });

  test("closes early when it is full, and what came more is in the next", async () => {
    const b = await bench({ eventsMax: 4, bytesMax: 10_000 });
    const queue = b.start();
    for (const n of times(10, (index) => index)) await b.accept("digest", { key: "a", n });
    await b.rest(3000);
    expect(digests(b).map(({ count }) => count)).toEqual([4, 4]);
    await b.rest(60_000);
    const all = numbers(b).flat();
    expect(all.sort()).toEqual(times(10, (index) => index));
    await queue.stop();
  });

  test("loses and doubles nothing where processes die between any two steps of their store", async () => {
    for (const crashAfter of times(40, (index) => index + 1)) {
      const b = await bench(stepLimits.digest, 10_000);
      for (const n of times(6, (index) => index)) await b.accept("digest", { key: n % 2, n });
      b.start(crashAfter);
      await b.rest(10);
      b.start(crashAfter);
      await b.rest(71_000);
      const queue = b.start();
      await b.rest(72_000);
      expect([
        crashAfter,
        b.delivered.size,
        new Set(numbers(b).map((each) => JSON.stringify(each.toSorted()))),
      ]).toEqual([crashAfter, 2, new Set(["[0,2,4]", "[1,3,5]"])]);
      expect(b.database.get("select count(*) as n from message")).toEqual({ n: 2 });
      expect(b.database.get("select count(*) as n from digest_entry")).toEqual({ n: 0 });
      await queue.stop();
    }
  }, 60_000);
});

describe("a throttle step", () => {
  test("lets as many past as its limit, sends what stands before it in any case, and says who was held back", async () => {
    const b = await bench();
    const queue = b.start();
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) {
      ids.push(await b.accept("throttled", { n }));
      await b.rest(1000);
    }
    await b.rest(57_000);
    ids.push(await b.accept("throttled", { n: 5 }));
    await b.rest(1000);
    const { environmentId, store } = b.corner;
    const rows = await Promise.all(ids.map((id) => store.getEvent({ environmentId, id, limit: 10 })));
    const steps = rows.map((row) => row?.messages.map(({ step }) => step).sort());
    const [both, one] = [["first", "second"], ["first"]];
    expect(steps).toEqual([both, both, one, one, both]);
    expect(rows[2]).toMatchObject({
      runs: [{ state: "completed" }],
      decisions: [{ step: "few", outcome: "ended", reason: "throttled" }],
    });
    await queue.stop();
  });
});
