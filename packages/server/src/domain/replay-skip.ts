import type { EventState } from "@tidings/contract/words";

/** Why an event that was selected does not go to workflows once more, in words. */
export const skipTexts = {
  not_found: "There is no such event: it never was, its time of keeping is over, or it is no event of yours",
  derived: "A step of a workflow has sent it: replaying the event that led to it sends it again",
  canceled: "It was canceled",
  under_way: "It has not gone to all of its workflows yet",
  expired: "Its time had run out",
  unreadable: "Its data cannot be read any more",
  no_workflow: "No workflow awaits it",
  data_refused: "Its data is not what the workflows take",
} as const;
export type SkipReason = keyof typeof skipTexts;

/** What is known of a past event without looking into it. */
interface Past {
  state: EventState;
  hasParts: boolean;
  expiresAt: number | null;
}

/** Undefined where nothing speaks against it. One in the dead letters may go: it is in nobody's hands. */
export function skipOf({ state, hasParts, expiresAt }: Past, now: number): SkipReason | undefined {
  if (state === "canceled") return "canceled";
  if (state === "accepted" || hasParts) return "under_way";
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return undefined;
}
