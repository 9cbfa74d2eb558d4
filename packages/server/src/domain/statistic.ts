import type { MessageState } from "@tidings/contract/words";

/**
 * What is counted per minute. `sent` is a message that its provider took, by its attempt's outcome or by a report that came before
 * that, once. `charged_late` is an attempt that costs, of which its outcome told when its message had moved on.
 */
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
  "soft_bounced",
  "unsubscribed",
  "charged_late",
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
