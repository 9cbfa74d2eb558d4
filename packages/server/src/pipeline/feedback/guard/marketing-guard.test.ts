import { marketingGuardSchema, type MarketingGuard as Rule } from "@tidings/contract/marketing-guard";
import { expect, test } from "vitest";
import { SimulatedClock } from "../../../lib/simulated-clock.ts";
import type { StatisticQuery } from "../../../ports/store/statistics.ts";
import { Database } from "../../../store/sqlite/database.ts";
import { inProcessStore } from "../../../store/sqlite/in-process.ts";
import { migrate } from "../../../store/sqlite/migrate.ts";
import { MarketingGuard } from "./marketing-guard.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const environmentId = 7;
const name = { environmentId, kind: "marketing", key: "mail", tenant: "" } as const;

/** A guard of two integrations and what it did, on a store whose sums a test writes. */
function bench(over: Partial<Rule> = {}, integrations: readonly string[] = ["mail", "other"]) {
  const database = new Database(":memory:", { cacheMib: 8, checkpointPages: 1000 });
  migrate(database, 0);
  const limits = { turnMs: 10, turnCallsMax: 500 };
  const store = inProcessStore(database, { limits, monotonic: () => performance.now(), schedule: setImmediate });
  const clock = new SimulatedClock(Date.UTC(2026, 10, 30, 12));
  const did: string[] = [];
  const read: StatisticQuery[] = [];
  const holds = { lease: true };
  let made = 0;
  const guard = new MarketingGuard({
    store: {
      pausesSince: (input) => store.pausesSince(input),
      putPause: (input) => store.putPause(input),
      sumStatistics: (query) => {
        read.push(query);
        return store.sumStatistics(query);
      },
    },
    clock,
    ids: { next: () => `pause ${made++}`, derive: () => "", deriveAt: () => "" },
    leases: { hold: async () => holds.lease },
    watched: () => [{ environmentId, rule: marketingGuardSchema.parse(over), integrations }],
    tell: async () => void did.push("told"),
    limits: { everyMs: 1000, partRowsMax: 3, pausesMax: 10 },
    onPaused: ({ integration, breach }) =>
      void did.push(`${integration} ${breach.cause} ${breach.count}/${breach.among}`),
    onFault: (error) => {
      throw error;
    },
  });
  const count = (
    metric: string,
    value: number,
    of: { integration?: string; lane?: string; environment?: number } = {},
  ) => {
    const { integration = "mail", lane = "marketing", environment = environmentId } = of;
    database.run(
      `insert into statistic (environment_id, minute, metric, channel, lane, category, tenant, integration, workflow, mailbox, bucket, value, cost)
       values (?, ?, ?, 'email', ?, 'news', '', ?, '', '', 0, ?, 0) on conflict do update set value = value + excluded.value`,
      environment,
      Math.floor(clock.now() / minuteMs),
      metric,
      lane,
      integration,
      value,
    );
  };
  const later = (ms: number) => clock.advanceTo(clock.now() + ms);
  const end = () => store.endPause({ ...name, now: clock.now() });
  const pauses = () => store.listPauses({ environmentId });
  return { guard, store, clock, did, read, holds, count, later, end, pauses };
}

test("too many complaints pause the marketing of that integration alone, with their figures, once", async () => {
  const { guard, did, count, pauses, clock } = bench();
  count("sent", 300);
  count("sent", 300, { integration: "other" });
  count("complained", 15);
  await guard.look();
  await guard.look();
  expect(did).toEqual(["told", "mail complaints 15/300"]);
  expect(await pauses()).toMatchObject([
    {
      ...name,
      reason: "15 complaints of 300 messages (5.00 %) within 24 h: more than 0.3 %",
      until: null,
      createdAt: clock.now(),
    },
  ]);
});

test("other lanes, other environments and what is not watched count for nothing", async () => {
  const { guard, did, count } = bench();
  for (const of of [
    { lane: "transactional" },
    { lane: "critical" },
    { environment: 8 },
    { integration: "sandbox" },
    { integration: "" },
  ]) {
    count("sent", 300, of);
    count("complained", 100, of);
  }
  await guard.look();
  expect(did).toEqual([]);
});

test("what is counted later joins what was read, and only the last minutes are read anew", async () => {
  const { guard, did, count, later, read } = bench();
  count("sent", 150);
  count("complained", 3);
  await guard.look();
  later(10 * minuteMs);
  count("sent", 150);
  await guard.look();
  // Of a minute that was read, committed late.
  count("complained", 2);
  const before = read.length;
  await guard.look();
  expect(did).toEqual(["told", "mail complaints 5/300"]);
  expect(read.slice(before).every(({ fromMinute, toMinute }) => toMinute - fromMinute <= 3)).toBe(true);
  expect(read[0]).toMatchObject({ fromMinute: (read[0]?.toMinute ?? 0) - 24 * 60 - 1 });
});

test("what is older than the window counts no more", async () => {
  const { guard, did, count, later } = bench({ hours: 1 });
  count("sent", 300);
  count("complained", 4);
  await guard.look();
  later(hourMs + minuteMs);
  count("complained", 4);
  count("sent", 300);
  await guard.look();
  expect(did).toEqual([]);
  count("complained", 1);
  await guard.look();
  expect(did).toEqual(["told", "mail complaints 5/300"]);
});

test("a pause that was ended is not set again by the same figures, but by new ones", async () => {
  const { guard, did, count, later, end } = bench();
  count("sent", 300);
  count("complained", 15);
  await guard.look();
  later(5 * minuteMs);
  await end();
  for (let look = 0; look < 3; look += 1) {
    await guard.look();
    later(minuteMs);
  }
  count("sent", 250);
  await guard.look();
  expect(did).toHaveLength(2);
  count("complained", 10);
  await guard.look();
  expect(did.slice(2)).toEqual(["told", "mail complaints 10/250"]);
});

test("by policy it ends by itself, and then counts anew", async () => {
  const { guard, did, count, later, pauses, clock } = bench({ resumeAfterHours: 2 });
  count("sent", 300);
  count("complained", 15);
  await guard.look();
  expect(await pauses()).toMatchObject([{ until: clock.now() + 2 * hourMs }]);
  later(2 * hourMs);
  await guard.look();
  expect(did).toHaveLength(2);
});

test("another process takes over what was ended and counted before", async () => {
  const { guard, did, count, later, end, holds, read } = bench();
  count("sent", 300);
  count("complained", 15);
  holds.lease = false;
  await guard.look();
  expect([did, read]).toEqual([[], []]);
  holds.lease = true;
  await guard.look();
  later(minuteMs);
  await end();
  holds.lease = false;
  await guard.look();
  holds.lease = true;
  await guard.look();
  expect(did).toEqual(["told", "mail complaints 15/300"]);
});

test("a person's pause of the same stays as it is", async () => {
  const { guard, store, did, count, pauses, clock } = bench();
  await store.putPause({ ...name, id: "own", reason: "mine", until: null, now: clock.now(), pausesMax: 10 });
  count("sent", 300);
  count("bounced", 200);
  await guard.look();
  expect([did, await pauses()]).toMatchObject([[], [{ id: "own", reason: "mine" }]]);
});
