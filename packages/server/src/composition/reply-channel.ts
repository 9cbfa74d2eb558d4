import type { Channel } from "@tidings/contract/words";
import type { FeedbackResult } from "../ports/provider.ts";

/** Replies with the channel that they came in on: what a provider leaves open, as one that is defined by settings does, its integration says. */
export function withReplyChannel(result: FeedbackResult, of: Channel): FeedbackResult {
  if (result.status !== "verified" || result.inbound === undefined) return result;
  const channel = of === "chat" ? "chat" : "sms";
  return { ...result, inbound: result.inbound.map((message) => ({ channel, ...message })) };
}
