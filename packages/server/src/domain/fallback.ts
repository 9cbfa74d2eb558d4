import {
  defaultFallbackCauses,
  defaultWithinSeconds,
  type FallbackCause,
  type FallbackTerms,
} from "@tidings/contract/fallback";
import type { MessageState } from "@tidings/contract/words";

/** A message that is watched for its fallback. */
export interface WatchedMessage {
  state: MessageState;
  isDelivered: boolean;
  /** It was held back as its address is known to take nothing any more. */
  isUndeliverable: boolean;
}

/** What the messages of one step for one recipient come to, as far as their fallback asks. */
export type Watch =
  /** It goes out. */
  | { kind: "due"; cause: FallbackCause }
  /** It never goes out. `failed`: at least one of the messages came to nothing. */
  | { kind: "over"; why: "delivered" | "ended" | "late" | "nothing_sent"; failed: boolean }
  /** Nothing is decided before one of the messages changes, or `dueAt`, ms. */
  | { kind: "waits"; dueAt: number };

/** For which causes a fallback is. A time that a message may take is a cause by itself. */
export function causesOf({ on, afterSeconds }: FallbackTerms): ReadonlySet<FallbackCause> {
  const causes: readonly FallbackCause[] = on ?? defaultFallbackCauses;
  return new Set(afterSeconds === undefined ? causes : [...causes, "undelivered"]);
}

/** When the watch is over whatever becomes of the messages, ms. `from`: when the last of them was to go out. */
export function watchedUntil(
  { afterSeconds = 0, withinSeconds = defaultWithinSeconds }: FallbackTerms,
  from: number,
): number {
  return from + Math.max(afterSeconds, withinSeconds) * 1000;
}

/**
 * Whether a fallback goes out: once all messages of the step have ended without arriving, one of them for one of its causes,
 * or none has been reported as delivered in time. One that has arrived is enough: the recipient knows. Pure, and of the messages' states
 * alone, so that reports in any order, late or repeated, come to the same. `at`: when the watch was due, ms: a server that was down
 * meanwhile makes no difference.
 */
export function watch(terms: FallbackTerms, messages: readonly WatchedMessage[], from: number, at: number): Watch {
  const causes = causesOf(terms);
  const ends = messages.map((message) => endOf(message, causes));
  const failed = ends.some((end) => end !== "open" && end !== "delivered");
  if (ends.length === 0) return { kind: "over", why: "nothing_sent", failed };
  if (ends.includes("delivered")) return { kind: "over", why: "delivered", failed };
  const until = watchedUntil(terms, from);
  if (!ends.includes("open")) {
    const cause = ends.find((end): end is FallbackCause => end !== "open" && end !== "delivered" && end !== "ended");
    if (cause === undefined) return { kind: "over", why: "ended", failed };
    return at > until ? { kind: "over", why: "late", failed } : { kind: "due", cause };
  }
  const undeliveredAt = terms.afterSeconds === undefined ? undefined : from + terms.afterSeconds * 1000;
  if (undeliveredAt !== undefined && at >= undeliveredAt) return { kind: "due", cause: "undelivered" };
  if (at >= until) return { kind: "over", why: "late", failed };
  return { kind: "waits", dueAt: Math.min(undeliveredAt ?? until, until) };
}

/** `open`: it may still arrive. `ended`: it will not, and not for one of the causes. */
function endOf(
  { state, isDelivered, isUndeliverable }: WatchedMessage,
  causes: ReadonlySet<FallbackCause>,
): FallbackCause | "open" | "delivered" | "ended" {
  const asked = (cause: FallbackCause) => (causes.has(cause) ? cause : "ended");
  // A bounce may follow a report of delivery: the later word counts.
  if (state === "bounced") return asked("bounced");
  if (isDelivered || state === "delivered") return "delivered";
  switch (state) {
    case "failed":
    case "dead":
      return asked("failed");
    case "suppressed":
      return isUndeliverable ? asked("bounced") : "ended";
    case "unknown":
      // It may have arrived, and feedback may still say so: only the time says more.
      return causes.has("unknown") ? "unknown" : "open";
    case "expired":
    case "canceled":
      return "ended";
    default:
      return "open";
  }
}
