import type { InboxChange, InboxCounts } from "@tidings/contract/inbox";
import type { InboxTransport } from "./options.ts";

/** How the inbox is connected. */
export interface InboxState {
  state: "connecting" | "open" | "closed";
  transport: InboxTransport;
}

/** What listeners are told, by name. */
export type InboxEvents = {
  /** What happened, in order; on `reset` load the list anew. */
  change: InboxChange;
  counts: InboxCounts;
  state: InboxState;
  /** No token could be had, or the one there is does not do. */
  error: unknown;
};
