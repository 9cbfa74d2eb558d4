import { headerOf, type MailParts } from "./mail-parts.ts";

/** Reports are no older than this: servers give a mail up after five days (RFC 5321 §4.5.4.1). */
const oldestMs = 30 * 86_400_000;

/**
 * When it happened, ms: the mail's own `Date`, so that the same mail says the same each time it comes. Where that is no time, later
 * than it came, or long ago, the time at which it came.
 */
export function happenedAt(mail: Pick<MailParts, "headers">, receivedAt: number): number {
  const date = Date.parse(headerOf(mail, "date").replace(/\s*\([^()]*\)\s*$/, ""));
  return date <= receivedAt && date > receivedAt - oldestMs ? date : receivedAt;
}
