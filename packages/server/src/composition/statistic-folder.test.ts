import { expect, test } from "vitest";
import { openCorner } from "../store/conformance/corner.conformance.ts";
import { sumsOf } from "../store/conformance/statistics.conformance.ts";
import { Database } from "../store/sqlite/database.ts";
import { inProcessStore } from "../store/sqlite/in-process.ts";
import { migrate } from "../store/sqlite/migrate.ts";
import { StatisticFolder } from "./statistic-folder.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const kept = { minutesKeptHours: 48, hoursKeptDays: 35, retentionDays: 100 };

async function bench() {
  const database = new Database(":memory:", { cacheMib: 8, checkpointPages: 1000 });
  migrate(database, 0);
  const limits = { turnMs: 10, turnCallsMax: 500 };
  const store = inProcessStore(database, { limits, monotonic: () => performance.now(), schedule: setImmediate });
  const corner = await openCorner(store);
  const now = Math.ceil(corner.at / dayMs) * dayMs + 5 * hourMs + 17 * minuteMs;
  const ago = async (...ages: number[]) => {
    for (const age of ages) await corner.accepted({ receivedAt: now - age });
  };
  /** How long ago each sum is, ms, and its value. */
  const ages = async () => {
    const sums = await sumsOf(corner, { fromMinute: 0, toMinute: 2 ** 31 - 1, unitMinutes: 1 });
    return sums.map(({ minute, value }) => [now - minute * minuteMs, value]).sort(([a = 0], [b = 0]) => a - b);
  };
  return { store, now, ago, ages };
}

const never = () => false;

test("minutes are kept, then hours, then days, and what is older is gone", async () => {
  const { store, now, ago, ages } = await bench();
  await ago(0, minuteMs, 47 * hourMs, 47 * hourMs + minuteMs);
  // Both are of the hour that began 60 hours and 17 minutes ago.
  await ago(60 * hourMs, 60 * hourMs + minuteMs);
  // Both are of one day.
  await ago(50 * dayMs, 50 * dayMs + 2 * hourMs, 120 * dayMs);
  for (const rowsMax of [1, 1000]) {
    await new StatisticFolder(store, kept, rowsMax).run(now, never);
    expect(await ages()).toEqual([
      [0, 1],
      [minuteMs, 1],
      [47 * hourMs, 1],
      [47 * hourMs + minuteMs, 1],
      [60 * hourMs + 17 * minuteMs, 2],
      [50 * dayMs + 5 * hourMs + 17 * minuteMs, 2],
    ]);
  }
});

test("goes on where it came to, as time goes by", async () => {
  const { store, now, ago, ages } = await bench();
  const folder = new StatisticFolder(store, kept, 10);
  await ago(60 * hourMs, 60 * hourMs + minuteMs);
  await folder.run(now, never);
  await ago(hourMs, hourMs + minuteMs);
  await folder.run(now + 60 * hourMs, never);
  expect((await ages()).map(([, value]) => value)).toEqual([2, 2]);
});

test("stops between two transactions", async () => {
  const { store, now, ago, ages } = await bench();
  await ago(...Array.from({ length: 10 }, (_, index) => 60 * hourMs + index * minuteMs));
  let looks = 0;
  await new StatisticFolder(store, kept, 2).run(now, () => ++looks > 3);
  expect((await ages()).length).toBeGreaterThan(1);
});
