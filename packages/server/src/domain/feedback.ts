import type { MessageState } from "@tidings/contract/words";

/** What providers report about a message, normalised. */
export const feedbackKinds = [
  "delivered",
  /** It will not arrive, for a reason that is not the address's. */
  "failed",
  /** It will not arrive as the mailbox is full or away, or its server asks for later: the address may be good. */
  "soft_bounced",
  /** The address does not exist, or takes nothing any more. */
  "bounced",
  "complained",
  /** By a link or list of the vendor's own. */
  "unsubscribed",
  "opened",
  "clicked",
  "read",
] as const;
export type FeedbackKind = (typeof feedbackKinds)[number];

/** Delivery states by rank: a report moves a message up, never down. */
const rank: Partial<Record<MessageState, number>> = { unknown: 1, sent: 2, failed: 3, delivered: 4, bounced: 5 };

const targets: Partial<Record<FeedbackKind, MessageState>> = {
  delivered: "delivered",
  failed: "failed",
  soft_bounced: "failed",
  bounced: "bounced",
};

/** Open states are below every rank: what a provider reports of them has left already. The other ends are final. */
const open: ReadonlySet<MessageState> = new Set(["queued", "sending"]);

/** Where a report moves a message; undefined where it stays. Any order of the same reports ends in the same state. */
export function stateAfterFeedback(state: MessageState, kind: FeedbackKind): MessageState | undefined {
  const target = targets[kind];
  if (target === undefined) return undefined;
  const from = open.has(state) ? 0 : rank[state];
  const to = rank[target];
  return from !== undefined && to !== undefined && to > from ? target : undefined;
}

/** Whether the message is where a report of this kind puts it. */
export const isStateOf = (state: MessageState, kind: FeedbackKind): boolean => targets[kind] === state;

/** Ends that are not the provider's to tell: reports move nothing there, and count as no end. */
export const isOurEnd = (state: MessageState): boolean => !open.has(state) && rank[state] === undefined;

/** Whether a report of this kind says of a message in this state that its provider had it. */
export function provesSent(state: MessageState, kind: FeedbackKind): boolean {
  return targets[kind] !== undefined && (open.has(state) || rank[state] !== undefined);
}

/** Column that keeps when it happened, of kinds that have one. */
export const feedbackTime = {
  delivered: "delivered_at",
  opened: "opened_at",
  clicked: "clicked_at",
  read: "read_at",
  complained: "complained_at",
  failed: undefined,
  soft_bounced: undefined,
  bounced: undefined,
  unsubscribed: undefined,
} as const satisfies Record<FeedbackKind, string | undefined>;

/** Bits by which a message remembers that a kind was reported which has no time of its own. */
const bits: Partial<Record<FeedbackKind, number>> = { failed: 1, soft_bounced: 2, bounced: 4, unsubscribed: 8 };

/** Kinds as bits. Of a message that nothing was reported about yet, the end that its attempts came to is known already. */
export function reportedBits(stored: number | null, state: MessageState): number {
  if (stored !== null) return stored;
  return state === "failed" || state === "bounced" ? bitOf(state) : 0;
}

export const bitOf = (kind: FeedbackKind): number => bits[kind] ?? 0;

/** Whether it says that the recipient took notice. */
export const isEngagement = (kind: FeedbackKind): boolean => kind === "opened" || kind === "clicked" || kind === "read";

/** Why feedback suppresses an address, the weightiest first: of several the weightiest is kept, whichever came first. */
export const feedbackReasons = ["complained", "bounced", "soft_bounces"] as const;
export type FeedbackReason = (typeof feedbackReasons)[number];

/** The reason for which a report by itself suppresses the address; undefined where it does not. */
export const reasonOf = (kind: FeedbackKind): FeedbackReason | undefined =>
  kind === "bounced" || kind === "complained" ? kind : undefined;
