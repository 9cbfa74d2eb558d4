import type { MessageState } from "@tidings/contract/words";

/** What providers report about a message, normalised. */
export type FeedbackKind = "delivered" | "failed" | "bounced" | "complained" | "opened" | "clicked" | "read";

/** Delivery states by rank: a report moves a message up, never down. */
const rank: Partial<Record<MessageState, number>> = { unknown: 1, sent: 2, failed: 3, delivered: 4, bounced: 5 };

/** Open states are below every rank: what a provider reports of them has left already. The other ends are final. */
const open: ReadonlySet<MessageState> = new Set(["queued", "sending"]);

/** Where a report moves a message; undefined where it stays. Any order of the same reports ends in the same state. */
export function stateAfterFeedback(state: MessageState, kind: FeedbackKind): MessageState | undefined {
  const target = kind === "delivered" || kind === "failed" || kind === "bounced" ? kind : undefined;
  if (target === undefined) return undefined;
  const from = open.has(state) ? 0 : rank[state];
  const to = rank[target];
  return from !== undefined && to !== undefined && to > from ? target : undefined;
}

/** Column that keeps when it happened, of kinds that have one. */
export const feedbackTime = {
  delivered: "delivered_at",
  opened: "opened_at",
  clicked: "clicked_at",
  read: "read_at",
  complained: "complained_at",
  failed: undefined,
  bounced: undefined,
} as const satisfies Record<FeedbackKind, string | undefined>;

/** Whether it says that the recipient took notice. */
export const isEngagement = (kind: FeedbackKind): boolean => kind === "opened" || kind === "clicked" || kind === "read";
