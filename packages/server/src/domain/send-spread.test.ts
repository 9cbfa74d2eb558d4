import { expect, test } from "vitest";
import { spreadTime } from "./send-spread.ts";

const from = Date.UTC(2026, 9, 24, 8, 0);

test("minutes are shared out evenly, and each key always has the same moment", () => {
  const at = (key: string) => (spreadTime({ minutes: 10 }, from, "UTC", key) - from) / 60_000;
  const all = Array.from({ length: 10_000 }, (_, index) => at(`event:user_${index}`));
  expect(all).toEqual(Array.from({ length: 10_000 }, (_, index) => at(`event:user_${index}`)));
  const perMinute = Array.from({ length: 10 }, (_, minute) => all.filter((each) => Math.floor(each) === minute).length);
  expect(Math.min(...perMinute)).toBeGreaterThan(900);
  expect(Math.max(...perMinute)).toBeLessThan(1100);
  expect(perMinute.reduce((sum, each) => sum + each, 0)).toBe(10_000);
});

test.each([
  ["Europe/Vienna", "09:00", "2026-10-25T08:00:00.000Z"],
  ["Europe/Vienna", "10:00", "2026-10-24T08:00:00.000Z"],
  ["America/New_York", "09:00", "2026-10-24T13:00:00.000Z"],
  ["Pacific/Auckland", "09:00", "2026-10-24T20:00:00.000Z"],
])("in %s it is %s first at %s", (zone, localTime, expected) => {
  expect(new Date(spreadTime({ localTime }, from, zone, "key")).toISOString()).toBe(expected);
});
