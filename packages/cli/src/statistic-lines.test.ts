import { PassThrough } from "node:stream";
import { type Statistics, statisticCountsSchema } from "@tidings/contract/statistics";
import { describe, expect, test } from "vitest";
import { statisticLines } from "./statistic-lines.ts";
import { Terminal } from "./terminal.ts";

const counts = (over: Record<string, number>) =>
  statisticCountsSchema.parse({
    ...Object.fromEntries(Object.keys(statisticCountsSchema.shape).map((name) => [name, 0])),
    ...over,
  });
const none = { p50Ms: null, p95Ms: null, p99Ms: null };
const figures = (over: Partial<Statistics["total"]> = {}): Statistics["total"] => ({
  counts: counts({}),
  deliveryRate: null,
  bounceRate: null,
  complaintRate: null,
  openRate: null,
  clickRate: null,
  sendLatency: none,
  deliveryLatency: none,
  spend: 0,
  ...over,
});
const busy = figures({
  counts: counts({ queued: 12, sent: 10, delivered: 9, bounced: 1 }),
  deliveryRate: 0.9,
  bounceRate: 0.1,
  complaintRate: 0.0012,
  sendLatency: { p50Ms: 80, p95Ms: 2400, p99Ms: 180_000 },
  spend: 0.790001,
});
const from = "2026-11-29T12:00:00.000Z";
const to = "2026-11-30T12:00:00.000Z";
const all = (over: Partial<Statistics>): Statistics => ({
  from,
  to,
  total: figures(),
  groups: [],
  truncated: false,
  ...over,
});

const sink = { isTTY: false, write: () => {} };
const terminal = new Terminal({ in: new PassThrough(), out: sink, err: sink, quiet: false, colours: true });
const words = (line: string | undefined) => (line ?? "").split(/ {2,}/);

describe("a table of statistics", () => {
  test("has a line for each group and one of all, in what people read", () => {
    const groups = [
      { by: { integration: "smtp", channel: "email" }, ...busy },
      { by: {}, ...figures() },
    ];
    const lines = statisticLines(all({ groups, total: busy }), ["integration", "channel"], terminal);
    const [span, head, ...rows] = lines;
    expect(span).toBe(`${from} to ${to}`);
    expect(words(head).slice(0, 5)).toEqual(["INTEGRATION", "CHANNEL", "QUEUED", "SENT", "DELIVERED"]);
    const cells = ["12", "10", "9", "1", "0", "90.00%", "10.00%", "0.12%", "-", "-", "80 ms", "2 s", "3 min", "0.79"];
    expect(words(rows[0])).toEqual(["smtp", "email", ...cells]);
    expect(words(rows[1]).slice(0, 4)).toEqual(["-", "-", "0", "0"]);
    expect(words(rows[2])).toEqual(["all", ...cells]);
    expect(rows).toHaveLength(3);
  });

  test("has a line for each point of a series: of groups, and without any of all", () => {
    const series = [
      { at: "2026-11-30T10:00:00.000Z", ...busy },
      { at: "2026-11-30T11:00:00.000Z", ...figures() },
    ];
    const total = { ...busy, series };
    const alone = statisticLines(all({ interval: "hour", total }), [], terminal);
    expect(alone.slice(1).map((line) => words(line)[0])).toEqual([
      "AT",
      "2026-11-30T10:00Z",
      "2026-11-30T11:00Z",
      "all",
    ]);
    const groups = [{ by: { lane: "critical" }, ...busy, series }];
    const grouped = statisticLines(all({ interval: "hour", total, groups }), ["lane"], terminal);
    expect(grouped.slice(2).map((line) => words(line).slice(0, 2))).toEqual([
      ["critical", "2026-11-30T10:00Z"],
      ["critical", "2026-11-30T11:00Z"],
      ["all", "12"],
    ]);
  });

  test("says where there is more, and where there is nothing", () => {
    const group = { by: { tenant: "acme" }, ...busy };
    expect(statisticLines(all({ groups: [group], truncated: true }), ["tenant"], terminal).at(-1)).toContain("--limit");
    expect(statisticLines(all({}), ["tenant"], terminal).at(-1)).toBe("nothing happened in this time");
    expect(statisticLines(all({}), [], terminal)).toHaveLength(3);
  });
});
