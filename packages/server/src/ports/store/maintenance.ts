import type { Channel, Lane } from "@tidings/contract/words";
import type { StatisticMetric } from "../../domain/statistic.ts";

export interface QueueDepth {
  queue: "events" | "runs" | "effects" | "delivery";
  lane: Lane;
  channel: Channel | undefined;
  /** Counted up to a bound. */
  due: number;
  /** Due time of the oldest, ms. */
  oldestDueAt: number | undefined;
}

/** How many of a metric, over all environments, categories, tenants and integrations. */
export interface RecentSum {
  metric: StatisticMetric;
  lane: Lane;
  /** Undefined for what is of no channel. */
  channel: Channel | undefined;
  value: number;
}

export interface SealedMail {
  id: string;
  environmentId: number;
  at: number;
  /** Sealed JSON of a MailboxEntry. */
  sealed: string;
}

export interface MaintenanceStore {
  /** Due work per queue and lane, for metrics and for waking consumers. */
  queueDepths(input: { now: number; countMax: number }): Promise<QueueDepth[]>;
  /** Sums of the minutes since 1970 from `fromMinute` to before `toMinute`, of the whole installation. */
  recentSums(input: { fromMinute: number; toMinute: number }): Promise<RecentSum[]>;
  /** Deletes idempotency keys, dedupe claims, arrivals, counts of derived events and single-use keys that have run out, at most `limit` of each; gives how many. */
  purgeExpiredKeys(input: { now: number; limit: number }): Promise<number>;
  appendMail(input: { mails: readonly SealedMail[]; keep: number }): Promise<void>;
  listMail(input: { environmentId: number; limit: number }): Promise<SealedMail[]>;
  findMail(input: { environmentId: number; id: string }): Promise<SealedMail | undefined>;
}
