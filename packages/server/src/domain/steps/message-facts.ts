import type { MessageState } from "@tidings/contract/words";

/** What conditions read of a step's messages, as `steps.<id>.state` and the like: of the luckiest, and what is true of any. */
export interface MessageFacts {
  state: MessageState;
  delivered: boolean;
  /** Seen in an inbox, or opened. */
  seen: boolean;
  read: boolean;
  clicked: boolean;
}

/** By how far a message has come; the others have ended without coming there. */
const lucky: readonly MessageState[] = ["delivered", "sent", "sending", "queued"];

/** Those of one message more of the step. */
export function joined(known: MessageFacts | undefined, other: MessageFacts): MessageFacts {
  if (known === undefined) return other;
  return {
    state: luck(other.state) < luck(known.state) ? other.state : known.state,
    delivered: known.delivered || other.delivered,
    seen: known.seen || other.seen,
    read: known.read || other.read,
    clicked: known.clicked || other.clicked,
  };
}

function luck(state: MessageState): number {
  const place = lucky.indexOf(state);
  return place < 0 ? lucky.length : place;
}
