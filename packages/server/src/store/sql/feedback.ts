import type { MessageState } from "@tidings/contract/words";
import { type FeedbackKind, feedbackTime, stateAfterFeedback } from "../../domain/feedback.ts";

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
  /** It says something new. */
  counts: boolean;
  /** Nothing is to be sent to the address any more. */
  suppresses: boolean;
}

export type TimeColumn = NonNullable<(typeof feedbackTime)[FeedbackKind]>;

/**
 * What a report says about a message in this state; `time` is what the column of the report's kind holds. Order-free:
 * states only rise in rank, and of each time the earliest is kept.
 */
export function reported(
  state: MessageState,
  time: number | null,
  { kind, at }: { kind: FeedbackKind; at: number },
): Reported {
  const column = feedbackTime[kind];
  const next = stateAfterFeedback(state, kind);
  return {
    next,
    again: next === undefined && state === kind,
    column: time === null || at < time ? column : undefined,
    told: isTime(kind) && time === null ? `message.${kind}` : undefined,
    counts: next !== undefined || (column !== undefined && time === null),
    suppresses: kind === "bounced" || kind === "complained",
  };
}

function isTime(kind: FeedbackKind): kind is TimeKind {
  return kind === "opened" || kind === "clicked" || kind === "read" || kind === "complained";
}
