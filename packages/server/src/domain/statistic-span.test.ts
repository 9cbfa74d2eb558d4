import type { StatisticInterval } from "@tidings/contract/statistics";
import { describe, expect, test } from "vitest";
import { foldEdges, statisticSpan } from "./statistic-span.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const keeping = { minutesMs: 2 * dayMs, hoursMs: 35 * dayMs };
const now = Date.UTC(2026, 10, 30, 12, 34, 56);

function span(from: number, to: number, interval?: StatisticInterval) {
  const found = statisticSpan({ from, to, interval }, now, keeping);
  return found && [found.fromMinute * minuteMs, found.toMinute * minuteMs];
}

describe("a time that was asked for", () => {
  test("is widened to whole minutes, and to the interval", () => {
    const from = Date.UTC(2026, 10, 30, 10, 20, 30);
    expect(span(from, now)).toEqual([Date.UTC(2026, 10, 30, 10, 20), Date.UTC(2026, 10, 30, 12, 35)]);
    expect(span(from, now, "hour")).toEqual([Date.UTC(2026, 10, 30, 10), Date.UTC(2026, 10, 30, 13)]);
    expect(span(from, now, "day")).toEqual([Date.UTC(2026, 10, 30), Date.UTC(2026, 11, 1)]);
    const whole = Date.UTC(2026, 10, 30, 12);
    expect(span(whole - hourMs, whole, "hour")).toEqual([whole - hourMs, whole]);
  });

  test("is widened to hours and days where it is kept by those, at each of its ends", () => {
    const hours = Date.UTC(2026, 10, 20, 10, 20);
    expect(span(hours, now)).toEqual([Date.UTC(2026, 10, 20, 10), Date.UTC(2026, 10, 30, 12, 35)]);
    const days = Date.UTC(2026, 5, 20, 10, 20);
    expect(span(days, hours)).toEqual([Date.UTC(2026, 5, 20), Date.UTC(2026, 10, 20, 11)]);
    expect(span(days, days + 1)).toEqual([Date.UTC(2026, 5, 20), Date.UTC(2026, 5, 21)]);
  });

  test("has no interval that is finer than what is kept", () => {
    expect(span(now - 3 * dayMs, now, "minute")).toBeUndefined();
    expect(span(now - 3 * dayMs, now, "hour")).toBeDefined();
    expect(span(now - 40 * dayMs, now, "hour")).toBeUndefined();
    expect(span(now - 40 * dayMs, now, "day")).toBeDefined();
  });
});

test("only what is older than it is kept is folded, in whole hours and days", () => {
  const edges = foldEdges(now, keeping);
  expect([edges.hour * minuteMs, edges.day * minuteMs]).toEqual([Date.UTC(2026, 10, 28, 12), Date.UTC(2026, 9, 26)]);
  expect(foldEdges(now, { minutesMs: 10 * dayMs, hoursMs: dayMs }).day * minuteMs).toBe(Date.UTC(2026, 10, 20));
});
