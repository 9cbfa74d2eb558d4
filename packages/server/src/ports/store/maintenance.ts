import type { Channel, Lane } from "@tidings/contract/words";

export interface QueueDepth {
  queue: "events" | "runs" | "effects" | "delivery";
  lane: Lane;
  channel: Channel | undefined;
  /** Counted up to a bound. */
  due: number;
  /** Due time of the oldest, ms. */
  oldestDueAt: number | undefined;
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
  /** Deletes idempotency keys and dedupe claims that have run out, at most `limit` of each; gives how many. */
  purgeExpiredKeys(input: { now: number; limit: number }): Promise<number>;
  appendMail(input: { mails: readonly SealedMail[]; keep: number }): Promise<void>;
  listMail(input: { environmentId: number; limit: number }): Promise<SealedMail[]>;
  findMail(input: { environmentId: number; id: string }): Promise<SealedMail | undefined>;
}
