import { everything } from "@tidings/contract/consents";
import type { Channel, Lane } from "@tidings/contract/words";
import { type ConsentStand, isLater } from "./choices.ts";

/** What is to go out, as far as consent asks. */
export interface ConsentSubject {
  channel: Channel;
  category: string;
  class: Lane;
}

/**
 * The latest stand that covers it. A class or a category never covers what is critical: who leaves the newsletter still
 * gets the mail that resets a password; `everything` covers that too.
 */
export function consentFor(stands: readonly ConsentStand[], subject: ConsentSubject): ConsentStand | undefined {
  let latest: ConsentStand | undefined;
  for (const stand of stands) {
    if (stand.action === "requested" || !coversPurpose(stand, subject)) continue;
    if (stand.channel !== null && stand.channel !== subject.channel) continue;
    if (latest === undefined || isLater(stand, latest)) latest = stand;
  }
  return latest;
}

function coversPurpose({ purpose }: ConsentStand, subject: ConsentSubject): boolean {
  if (purpose === everything) return true;
  return subject.class !== "critical" && (purpose === subject.category || purpose === subject.class);
}
