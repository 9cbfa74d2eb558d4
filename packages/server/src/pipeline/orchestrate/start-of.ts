import type { Spread } from "@tidings/contract/campaigns";
import { spreadTime } from "../../domain/send-spread.ts";
import type { Person } from "./person.ts";
import type { RunFrame } from "./run-output.ts";

/** When the recipient has their turn in a campaign; undefined where that is now, or was. */
export function startOf({ baseTime, eventId, now }: RunFrame, spread: Spread, person: Person): number | undefined {
  const at = spreadTime(spread, baseTime, person.profile.timeZone ?? "UTC", `${eventId}:${person.id}`);
  return at > now ? at : undefined;
}
