import type { MessageView } from "@tidings/contract/messages";
import type { MessageState } from "@tidings/contract/words";
import type { Style } from "./terminal.ts";

/** States after which nothing moves by itself any more. */
export const endStates: ReadonlySet<MessageState> = new Set([
  "delivered",
  "failed",
  "bounced",
  "suppressed",
  "expired",
  "canceled",
  "dead",
  "unknown",
]);

/** Still on its way to a provider. */
export const isUnderWay = ({ state }: MessageView): boolean => state === "queued" || state === "sending";

const faultStates: ReadonlySet<MessageState> = new Set(["failed", "bounced", "expired", "dead", "unknown"]);

/** Ended otherwise than somebody wanted. */
export const hasFailed = ({ state }: MessageView): boolean => faultStates.has(state);

export function styleOf(state: MessageState): Style {
  if (faultStates.has(state)) return "red";
  if (state === "sent" || state === "delivered") return "green";
  return state === "suppressed" || state === "canceled" ? "yellow" : "dim";
}

/** What its last attempt met, else why it ended. */
export function reasonOf({ reason, attempts }: MessageView): string {
  const last = attempts.at(-1);
  const attempt =
    last === undefined || last.outcome === "accepted" || last.outcome === "started"
      ? ""
      : [last.code, last.detail].filter((text) => text !== undefined && text !== "").join(" ");
  return [reason, attempt].filter((text) => text !== undefined && text !== "").join(": ");
}

/** By which integration it went, or goes. */
export function integrationOf({ attempts }: MessageView): string {
  return attempts.at(-1)?.integration ?? "";
}
