import type { MessageState } from "@tidings/contract/words";
import {
  bitOf,
  type FeedbackKind,
  type FeedbackReason,
  feedbackReasons,
  feedbackTime,
  isOurEnd,
  isStateOf,
  provesSent,
  reasonOf,
  stateAfterFeedback,
} from "../../domain/feedback.ts";

/** What is a time beside the state, not a state. */
type TimeKind = "opened" | "clicked" | "read" | "complained";

export interface Reported {
  /** Where the message is moved; undefined where it stays. */
  next: MessageState | undefined;
  /** The message is in the very state that is reported: the earliest report says since when, and why. */
  again: boolean;
  /** Column that takes the report's time; undefined where none does. */
  column: TimeColumn | undefined;
  /** What endpoints are told beside the state. */
  told: `message.${TimeKind}` | undefined;
  /** Nothing of the kind was reported of the message before. */
  counts: boolean;
  /** Nobody had counted it as sent: its provider had it before it told us so, or never did. */
  countsSent: boolean;
  /** When its provider had it at the latest, ms, where that is news; undefined where not. */
  sentAt: number | undefined;
  /** Why nothing is to be sent to the address any more. */
  suppresses: FeedbackReason | undefined;
}

export type TimeColumn = NonNullable<(typeof feedbackTime)[FeedbackKind]>;

/** What is known of a message ahead of a report. */
interface Known {
  state: MessageState;
  time: number | null;
  sentAt: number | null;
  bits: number;
}

/** States of messages of which nobody has counted that they were sent. One that failed was not if its provider refused it. */
const unsent: ReadonlySet<MessageState> = new Set(["queued", "sending", "unknown"]);

/**
 * What a report says about a message in this state; `time` is what the column of the report's kind holds, `sentAt` since when its
 * provider has it, `bits` are the kinds without a column that were reported before. Order-free: states only rise in rank, of each
 * time the earliest is kept, and each kind counts once.
 */
export function reported(
  { state, time, sentAt, bits }: Known,
  { kind, at }: { kind: FeedbackKind; at: number },
): Reported {
  const column = feedbackTime[kind];
  const proves = provesSent(state, kind);
  return {
    next: stateAfterFeedback(state, kind),
    again: isStateOf(state, kind),
    column: time === null || at < time ? column : undefined,
    told: isTime(kind) && time === null ? `message.${kind}` : undefined,
    counts: column === undefined ? isNews(kind, state, bits) : time === null,
    countsSent: proves && (unsent.has(state) || (state === "failed" && sentAt === null)),
    sentAt: proves && (sentAt === null || at < sentAt) ? at : undefined,
    suppresses: reasonOf(kind),
  };
}

function isNews(kind: FeedbackKind, state: MessageState, bits: number): boolean {
  const isPassed = kind !== "unsubscribed" && isOurEnd(state);
  return (bits & bitOf(kind)) === 0 && !isPassed;
}

function isTime(kind: FeedbackKind): kind is TimeKind {
  return kind === "opened" || kind === "clicked" || kind === "read" || kind === "complained";
}

const pairs = feedbackReasons.flatMap((light, place) =>
  feedbackReasons.slice(0, place).map((heavy) => `('${light}', '${heavy}')`),
);
/** SQL: a suppression's reason takes the place of that which is there. What is no provider's word stays as it is. */
export const outweighs = `(suppression.reason, excluded.reason) in (${pairs.join(", ")})`;

/** The same of what others say: of suppressions that a delivery would lift, they make ones that stay. */
export const outweighsSoftBounces = "suppression.reason = 'soft_bounces' and excluded.reason <> 'soft_bounces'";
