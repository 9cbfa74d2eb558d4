import type { MessageState } from "@tidings/contract/words";

/** What is counted per minute. */
export const statisticMetrics = [
  "accepted",
  "queued",
  "retried",
  "sent",
  "delivered",
  "failed",
  "bounced",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
  "opened",
  "clicked",
  "complained",
  "read",
] as const;
export type StatisticMetric = (typeof statisticMetrics)[number];

/** Metrics of a message that has left its queue: the provider took it, or it ended otherwise. What feedback tells later is none. */
export const leftQueue: ReadonlySet<StatisticMetric> = new Set<Exclude<MessageState, "queued" | "sending">>([
  "sent",
  "failed",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
]);
