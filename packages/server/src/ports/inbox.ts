import type { InboxContent } from "@tidings/contract/in-app";
import type { Lane } from "@tidings/contract/words";

export interface InboxEntry {
  messageId: string;
  recipient: string;
  createdAt: number;
  expiresAt: number | null;
  content: InboxContent;
}

/** The inboxes of an environment's recipients. */
export interface Inbox {
  /** One result per entry, in order; rejects where the store could not take them. Doing it twice makes no double. */
  deliver(
    environmentId: number,
    lane: Lane,
    entries: readonly InboxEntry[],
  ): Promise<("stored" | "duplicate" | "recipient_gone" | "expired")[]>;
}
