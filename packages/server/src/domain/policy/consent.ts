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
    if (!covers(stand, subject)) continue;
    if (latest === undefined || isLater(stand, latest)) latest = stand;
  }
  return latest;
}

/** Somebody has granted it since they last refused it, and has shown that the address is theirs. */
export function isConfirmed(stands: readonly ConsentStand[], subject: ConsentSubject): boolean {
  const fitting = stands.filter((stand) => covers(stand, subject));
  const refusals = fitting.filter(({ action }) => action === "withdrawn");
  return fitting.some((one) => one.confirmed === true && !refusals.some((refusal) => isLater(refusal, one)));
}

/** What was only requested covers nothing. */
function covers(stand: ConsentStand, subject: ConsentSubject): boolean {
  if (stand.action === "requested" || !coversPurpose(stand, subject)) return false;
  return stand.channel === null || stand.channel === subject.channel;
}

function coversPurpose({ purpose }: ConsentStand, subject: ConsentSubject): boolean {
  if (purpose === everything) return true;
  return subject.class !== "critical" && (purpose === subject.category || purpose === subject.class);
}
