import type { InboxBounds } from "../../ports/store/inbox.ts";

export interface InboxSettings {
  bounds: InboxBounds;
  /** Items changed in one transaction. */
  batchMax: number;
  /** Origins of pages that may use the inbox from elsewhere, in lower case; `*` for all. */
  origins: readonly string[];
  ratePerTokenPerSecond: number;
  connectionsMax: number;
  connectionsPerRecipientMax: number;
  /** Bytes that one connection may leave untaken. */
  bufferedBytesMax: number;
  heartbeatMs: number;
  /** How often inboxes are looked at without a hint. */
  pollIntervalMs: number;
  /** Inboxes in one store call. */
  readBatchMax: number;
  /** Changes of one inbox in one store call. */
  changesReadMax: number;
}
