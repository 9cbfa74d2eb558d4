import type { AssumedFacts, DryRunRequest } from "../../../ports/dry-run.ts";
import type { RunMessage } from "../../../ports/store/orchestrate.ts";

/** A message of an earlier turn, as a later step of its run sees it. */
export function assumedMessage(
  step: string,
  isSuppressed: boolean,
  given: DryRunRequest["assume"]["messages"],
): RunMessage {
  if (isSuppressed)
    return {
      step,
      state: "suppressed",
      isDelivered: false,
      isOpened: false,
      isRead: false,
      isClicked: false,
      isUndeliverable: false,
    };
  const { state = "sent", delivered = false, seen = false, read = false, clicked = false } = given[step] ?? {};
  return {
    step,
    state,
    isDelivered: delivered,
    isOpened: seen,
    isRead: read,
    isClicked: clicked,
    isUndeliverable: false,
  };
}

/** The same in words. */
export function messageText({ state = "sent", delivered, seen, read, clicked }: AssumedFacts = {}): string {
  const told = Object.entries({ delivered, seen, read, clicked }).filter(([, is]) => is === true);
  return `its messages are ${[state, ...told.map(([name]) => name)].join(", ")}`;
}

/** What is taken of a step that waits for an event. */
export function arrivalText(data: object | undefined): string {
  return data === undefined
    ? "the event does not arrive; it goes on when its time is up"
    : "the event arrives at once, with the data that was given";
}
