import type { StatisticDimension, StatisticFigures, Statistics } from "@tidings/contract/statistics";
import { ageText } from "./status-lines.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Heads of the dimensions' columns. */
const headOf: Readonly<Record<StatisticDimension, string>> = {
  channel: "CHANNEL",
  lane: "LANE",
  category: "CATEGORY",
  tenant: "TENANT",
  workflow: "WORKFLOW",
  integration: "INTEGRATION",
  mailboxProvider: "MAILBOX",
};

const figureHeads = [
  "QUEUED",
  "SENT",
  "DELIVERED",
  "BOUNCED",
  "FAILED",
  "DELIVERY",
  "BOUNCE",
  "COMPLAINT",
  "OPEN",
  "CLICK",
  "P50",
  "P95",
  "P99",
  "SPEND",
];

/** A table: a line per group, or per point of its series, and one of all. */
export function statisticLines(
  statistics: Statistics,
  groupBy: readonly StatisticDimension[],
  terminal: Terminal,
): string[] {
  const { from, to, interval, groups, total, truncated } = statistics;
  const rows = groups.flatMap((group) => {
    const names = groupBy.map((dimension) => group.by[dimension] ?? "-");
    return interval === undefined ? [[...names, ...cells(group)]] : pointRows(names, group.series ?? []);
  });
  const isSeries = groupBy.length === 0 && interval !== undefined;
  if (isSeries) rows.push(...pointRows([], total.series ?? []));
  const head = [...groupBy.map((dimension) => headOf[dimension]), ...(interval === undefined ? [] : ["AT"])];
  const labels = head.length === 0 ? [] : ["all", ...Array.from({ length: head.length - 1 }, () => "")];
  const lines = tableLines([...head, ...figureHeads], [...rows, [...labels, ...cells(total)]]);
  return [
    terminal.style("dim", `${from} to ${to}`),
    ...lines.map((line, index) => (index === 0 ? terminal.style("dim", line) : line)),
    ...(truncated ? [terminal.style("yellow", "there are more groups: use --limit, or filters")] : []),
    ...(groupBy.length > 0 && groups.length === 0 ? ["nothing happened in this time"] : []),
  ];
}

function pointRows(names: readonly string[], series: readonly ({ at: string } & StatisticFigures)[]): string[][] {
  return series.map((point) => [...names, point.at.replace(/:00\.000Z$/, "Z"), ...cells(point)]);
}

function cells({ counts, sendLatency, spend, ...rates }: StatisticFigures): string[] {
  const { p50Ms, p95Ms, p99Ms } = sendLatency;
  return [
    ...[counts.queued, counts.sent, counts.delivered, counts.bounced, counts.failed].map(String),
    ...[rates.deliveryRate, rates.bounceRate, rates.complaintRate, rates.openRate, rates.clickRate].map(percent),
    ...[p50Ms, p95Ms, p99Ms].map((ms) => (ms === null ? "-" : ageText(ms))),
    spend === 0 ? "-" : String(Math.round(spend * 10_000) / 10_000),
  ];
}

/** Complaints are a matter of hundredths of a percent. */
function percent(rate: number | null): string {
  return rate === null ? "-" : `${(rate * 100).toFixed(2)}%`;
}
