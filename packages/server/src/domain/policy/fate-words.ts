import type { MessageState } from "@tidings/contract/words";
import { pausedReason } from "../pause.ts";

/** A message, as far as its words tell. */
export interface Fate {
  state: MessageState;
  /** Empty where there is none. */
  reason: string;
  /** When it is due, in ISO 8601; undefined once it is settled. */
  dueAt: string | undefined;
}

const states: Readonly<Record<MessageState, (fate: Fate) => string>> = {
  queued: ({ reason, dueAt }) =>
    reason === pausedReason
      ? "It waits, as its lane, channel, workflow or integration is paused"
      : dueAt === undefined
        ? "It waits"
        : `It waits, and is due at ${dueAt}`,
  sending: () => "An attempt is under way",
  sent: () => "The provider has taken it",
  delivered: () => "It was delivered",
  failed: ({ reason }) => `It failed${because(reason)}`,
  bounced: ({ reason }) => `It bounced${because(reason)}`,
  suppressed: ({ reason }) => `It was held back when it was to go out${because(reason)}`,
  expired: () => "Its time ran out before it went out",
  canceled: () => "It was canceled",
  dead: ({ reason }) => `It is in the dead-letter queue${because(reason)}`,
  unknown: () => "Nobody knows whether the provider has taken it",
};

const reasons: Readonly<Record<string, string>> = {
  opted_out: "the recipient had said no by then",
  suppressed: "the address was suppressed by then",
};

const because = (reason: string): string => (reason === "" ? "" : `: ${reasons[reason] ?? reason}`);

/** What has become of a message, in a sentence. */
export function fateWords(fate: Fate): string {
  return states[fate.state](fate);
}
