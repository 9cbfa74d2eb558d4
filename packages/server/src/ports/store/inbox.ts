import type { InboxCounts } from "@tidings/contract/inbox";
import type { Lane } from "@tidings/contract/words";
import type { InboxMarks, InboxOperation } from "../../domain/inbox.ts";

export interface InboxKey {
  environmentId: number;
  recipient: string;
}

export interface NewInboxItem extends InboxKey {
  /** The message's. */
  id: string;
  /** The recipient's data key that sealed it, as it was read: with another one it would never open. */
  wrappedKey: string;
  createdAt: number;
  expiresAt: number | null;
  sealed: string;
}

export type NewInboxItemResult =
  | "stored"
  /** It is there, or was and has left again. */
  | "duplicate"
  /** The recipient is not there, or was made anew meanwhile. */
  | "recipient_gone"
  | "expired";

export interface InboxItemRow extends InboxMarks {
  id: string;
  createdAt: number;
  expiresAt: number | null;
  sealed: string;
}

/** How an inbox stands after all its changes up to `sequence`. */
export interface InboxHead extends InboxCounts {
  sequence: number;
  /** Tokens of another generation are revoked. */
  generation: number;
}

export interface InboxChangeRow extends InboxCounts {
  sequence: number;
  kind: "created" | "updated" | "removed";
  id: string;
  /** As it is now; null where it is gone, whatever the change was. */
  item: InboxItemRow | null;
}

/** What a reader of changes gets of one inbox; undefined where there is none. */
export type InboxRead =
  | {
      head: InboxHead;
      /** The recipient's data key; null where the recipient is not there any more. */
      wrappedKey: string | null;
      /** In order and without a gap, from `after` on; null where not all since then are kept. */
      changes: InboxChangeRow[] | null;
    }
  | undefined;

/** Bounds of one inbox. */
export interface InboxBounds {
  /** Items; above it the oldest archived ones go, then the oldest. */
  itemsMax: number;
  /** Changes kept for who resumes. */
  changesMax: number;
}

/** A recipient with a token: where the inbox has another generation by now, nothing is done and undefined comes back. */
export interface InboxVisit extends InboxKey {
  generation: number;
  now: number;
}

export type InboxSelectionInput =
  | { ids: readonly string[] }
  /** Items that came with this change or an earlier one. */
  | { upTo: number };

/**
 * Inboxes. Whatever changes one takes the next number of its sequence, and adjusts its counts, in one transaction; items
 * that are due to expire by `now` leave before anything is read or changed. An inbox is made by its first item or token.
 */
export interface InboxStore {
  /** Stores items, and the messages as delivered with them. In the order given, as are the results. */
  addInboxItems(input: {
    items: readonly NewInboxItem[];
    now: number;
    lane: Lane;
    bounds: InboxBounds;
  }): Promise<NewInboxItemResult[]>;
  /** Applies an operation to at most `limit` of the items that it changes; `more` where there are others left. */
  changeInbox(
    input: InboxVisit & {
      operation: InboxOperation;
      selection: InboxSelectionInput;
      limit: number;
      bounds: InboxBounds;
    },
  ): Promise<{ changed: number; more: boolean; head: InboxHead } | undefined>;
  /** Newest first, from before the id `before` on; empty for the first page. `all` is what is not archived. */
  listInbox(
    input: InboxVisit & {
      filter: "all" | "unseen" | "unread" | "archived";
      before: string;
      limit: number;
      bounds: InboxBounds;
    },
  ): Promise<{ items: InboxItemRow[]; wrappedKey: string | null; head: InboxHead } | undefined>;
  getInboxItem(
    input: InboxVisit & { id: string; bounds: InboxBounds },
  ): Promise<{ item: InboxItemRow | undefined; wrappedKey: string | null } | undefined>;
  /** Changes since `after`, at most `limit` of each inbox; a null asks for the head alone. */
  readInboxes(input: {
    reads: readonly (InboxKey & { after: number | null })[];
    limit: number;
    now: number;
    bounds: InboxBounds;
  }): Promise<InboxRead[]>;
  /** What a look at many inboxes needs to find those that changed; undefined where there is none. */
  inboxHeads(input: {
    keys: readonly InboxKey[];
  }): Promise<({ sequence: number; generation: number; nextExpiryAt: number | null } | undefined)[]>;
  /** Makes the inbox where there is none; gives the generation of the tokens to be issued now. */
  openInbox(input: InboxKey & { now: number }): Promise<number>;
  /** All tokens issued so far. False where there is no inbox, and so no token. */
  revokeInboxTokens(input: InboxKey & { now: number }): Promise<boolean>;
  /** Takes out the expired items of at most `limit` inboxes; gives those. */
  sweepInboxes(input: { now: number; limit: number; bounds: InboxBounds }): Promise<InboxKey[]>;
}
