import { expect, test } from "vitest";
import type { StatisticSum } from "../ports/store/statistics.ts";
import { StatisticTable } from "./statistic-table.ts";

const sum = (over: Partial<StatisticSum>): StatisticSum => ({
  minute: 0,
  group: [],
  metric: "sent",
  bucket: 0,
  value: 1,
  cost: 0,
  ...over,
});

test("parts of one group and point are one", () => {
  const table = new StatisticTable(["tenant", "channel"], true);
  for (const minute of [60, 0, 60]) table.add(sum({ minute, group: ["acme", "sms"] }));
  expect(table.size).toBe(2);
  const { groups, total } = table.view(10);
  expect(groups.map(({ by, counts }) => [by, counts.sent])).toEqual([[{ tenant: "acme", channel: "sms" }, 3]]);
  const series = [
    ["1970-01-01T00:00:00.000Z", 1],
    ["1970-01-01T01:00:00.000Z", 2],
  ];
  for (const points of [groups[0]?.series, total.series])
    expect(points?.map(({ at, counts }) => [at, counts.sent])).toEqual(series);
});

test("what it holds is told by groups and their points, so that it can be bounded", () => {
  const table = new StatisticTable(["tenant"], true);
  for (const minute of [0, 1, 2]) for (const tenant of ["a", "b"]) table.add(sum({ minute, group: [tenant] }));
  expect(table.size).toBe(6);
});

test("groups of the same volume come by their names", () => {
  const table = new StatisticTable(["tenant"], false);
  for (const tenant of ["c", "a", "b"]) table.add(sum({ group: [tenant] }));
  table.add(sum({ group: ["b"], metric: "queued", value: 5 }));
  expect(table.view(9).groups.map(({ by }) => by.tenant)).toEqual(["b", "a", "c"]);
});
