import type { InboxCounts } from "@tidings/contract/inbox";
import type { FeedbackKind } from "./feedback.ts";

/** What has happened to an item since it came; times in ms. */
export interface InboxMarks {
  seenAt: number | null;
  readAt: number | null;
  archivedAt: number | null;
  /** Key of the action that was taken. */
  action: string | null;
  actedAt: number | null;
}

export type InboxOperation =
  | { kind: "seen" | "read" | "unread" | "archive" | "unarchive" }
  | { kind: "action"; key: string };

export const newMarks: InboxMarks = { seenAt: null, readAt: null, archivedAt: null, action: null, actedAt: null };

/** What an operation makes of an item; undefined where it changes nothing. Who has read it has seen it. */
export function afterOperation(marks: InboxMarks, operation: InboxOperation, now: number): InboxMarks | undefined {
  const read = { seenAt: marks.seenAt ?? now, readAt: marks.readAt ?? now };
  switch (operation.kind) {
    case "seen":
      return marks.seenAt === null ? { ...marks, seenAt: now } : undefined;
    case "read":
      return marks.readAt === null ? { ...marks, ...read } : undefined;
    case "unread":
      return marks.readAt === null ? undefined : { ...marks, readAt: null };
    case "archive":
      return marks.archivedAt === null ? { ...marks, archivedAt: now } : undefined;
    case "unarchive":
      return marks.archivedAt === null ? undefined : { ...marks, archivedAt: null };
    case "action":
      // The first one stands: of two devices that answer differently one is told so.
      return marks.action === null ? { ...marks, ...read, action: operation.key, actedAt: now } : undefined;
  }
}

/** What an item adds to the counts of its inbox. */
export function countsOf(marks: InboxMarks): InboxCounts {
  const counts = marks.archivedAt === null;
  return { unseen: counts && marks.seenAt === null ? 1 : 0, unread: counts && marks.readAt === null ? 1 : 0 };
}

/** What the change from one to the other says about the message: seen is opened, an action is a click. */
export function feedbackOf(before: InboxMarks, after: InboxMarks): FeedbackKind[] {
  const kinds: FeedbackKind[] = [];
  if (before.seenAt === null && after.seenAt !== null) kinds.push("opened");
  if (before.readAt === null && after.readAt !== null) kinds.push("read");
  if (before.action === null && after.action !== null) kinds.push("clicked");
  return kinds;
}

/** How a connected page is told of changes. One that polls has no connection. */
export type InboxTransport = "websocket" | "sse";
export type InboxConnections = Readonly<Record<InboxTransport, number>>;

/** Subject of the hint that a recipient's inbox changed. */
export function inboxSubject({ environmentId, recipient }: { environmentId: number; recipient: string }): string {
  return `${environmentId}:${recipient}`;
}
