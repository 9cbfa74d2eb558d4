import type { Spread } from "@tidings/contract/campaigns";
import { spreadTime } from "../../domain/send-spread.ts";
import type { RunFrame } from "./run-frame.ts";

/** When a recipient has their turn, by their clock, in a campaign; undefined where that is now, or was. */
export function startOf(
  { baseTime, eventId, now }: RunFrame,
  spread: Spread,
  recipient: string,
  zone: () => string,
): number | undefined {
  const at = spreadTime(spread, baseTime, zone(), `${eventId}:${recipient}`);
  return at > now ? at : undefined;
}
