import { expect, test } from "vitest";
import type { StatisticMetric } from "./statistic.ts";
import { FigureSum } from "./statistic-figures.ts";

function figures(...sums: [StatisticMetric, number, { bucket?: number; cost?: number }?][]) {
  const sum = new FigureSum();
  for (const [metric, value, { bucket = 0, cost = 0 } = {}] of sums) sum.add({ metric, value, bucket, cost });
  return sum.figures;
}

test("rates are shares of what was sent, or delivered, and none where that is nothing", () => {
  const some = figures(
    ["sent", 200],
    ["delivered", 150],
    ["delivered", 30],
    ["bounced", 10],
    ["complained", 3],
    ["opened", 90],
    ["clicked", 45],
  );
  expect(some).toMatchObject({
    deliveryRate: 0.9,
    bounceRate: 0.05,
    complaintRate: 0.0167,
    openRate: 0.5,
    clickRate: 0.25,
  });
  const none = figures(["queued", 5], ["opened", 1]);
  expect(none).toMatchObject({
    deliveryRate: null,
    bounceRate: null,
    complaintRate: null,
    openRate: null,
    clickRate: null,
  });
  expect(figures(["sent", 4])).toMatchObject({ deliveryRate: 0, bounceRate: 0, openRate: null });
});

test("times are those of what was sent, and of what was delivered, each of its own", () => {
  const some = figures(
    ["sent", 100, { bucket: 5 }],
    ["delivered", 10, { bucket: 8 }],
    ["delivered", 90],
    ["opened", 7, { bucket: 3 }],
  );
  expect(some.sendLatency).toEqual({ p50Ms: 175, p95Ms: 243, p99Ms: 249 });
  expect(some.deliveryLatency).toEqual({ p50Ms: 1750, p95Ms: 2425, p99Ms: 2485 });
  expect(figures(["sent", 3]).sendLatency).toEqual({ p50Ms: null, p95Ms: null, p99Ms: null });
});

test("spend is that of all metrics, exactly, and what is counted for it alone is no count", () => {
  const some = figures(
    ["sent", 1, { cost: 100_000 }],
    ["retried", 1, { cost: 200_000 }],
    ["charged_late", 9, { cost: 1 }],
  );
  expect(some.spend).toBe(0.300001);
  expect(Object.values(some.counts).reduce((sum, count) => sum + count, 0)).toBe(2);
});

test("every metric but that one is shown", () => {
  expect(figures(["accepted", 1], ["soft_bounced", 2]).counts).toMatchObject({ events: 1, softBounced: 2 });
});
