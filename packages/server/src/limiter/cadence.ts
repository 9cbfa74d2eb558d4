import type { Asked, Permits } from "../ports/limiter.ts";

/*
 * A cadence per key: permits are moments, `gapMs` apart, so any second has as many as any other. Who asks is given moments
 * of the near future too, and readies the calls meanwhile: a call goes at its moment, not when its permit came.
 *
 * Rejected: a sliding window that lets an idle key's whole second go at once. Its permits are exact and the calls are not,
 * as those of one burst follow their permits by differing delays: two processes at 100/s reached a provider with 141 to
 * 190 calls in its fullest second.
 */

/** Of the rate: a vendor counts calls when they arrive, so a few of one second always come with those of the next. */
const share = 0.96;
/** Moments are given out so far ahead, beyond what the slowest needs; what a process has that dies is lost. */
const aheadMs = 100;
/** However slow who asks is. */
const readyInMsMax = 250;
/** With each answer, what the slowest needed counts for less. */
const leadKept = 0.97;

/** Plain data, so that it may lie in a store. */
export interface Cadence {
  /** The last moment that was given. */
  lastAt: number;
  /**
   * How soon the slowest of late is ready. All are given moments up to there, as one that found the next ones too soon
   * for itself would leave them out.
   */
  leadMs: number;
}

/** Takes moments at `now`, ms of one clock; `known` is where those before ended. */
export function takeFrom(
  known: Cadence | undefined,
  perSecond: number,
  { count, readyInMs, unused }: Asked,
  now: number,
): { cadence: Cadence; permits: Permits } {
  const gapMs = 1000 / (perSecond * share);
  const readyIn = Math.max(0, Math.min(readyInMs, readyInMsMax));
  const leadMs = Math.max(readyIn, (known?.leadMs ?? 0) * leadKept);
  const end = now + leadMs + aheadMs;
  // A clock that was set back, as a promoted standby's may be, holds nobody up.
  let lastAt = known === undefined ? now - gapMs : Math.min(known.lastAt, now + readyInMsMax + aheadMs);
  if (unused !== undefined && unused.lastAt === known?.lastAt) lastAt -= Math.max(0, unused.count) * gapMs;
  const first = Math.max(now + readyIn, lastAt + gapMs);
  const taken = Math.max(0, Math.min(Math.floor(count), Math.floor((end - first) / gapMs) + 1));
  if (taken > 0) lastAt = first + (taken - 1) * gapMs;
  // Asked for by halves, so that who waits for a slow answer still has some in hand.
  const retryAfterMs = taken < count ? Math.max(1, Math.ceil(lastAt + gapMs - end + aheadMs / 2)) : 0;
  return { cadence: { lastAt, leadMs }, permits: { taken, at: first, gapMs, givenAt: now, lastAt, retryAfterMs } };
}

/** Throws for what is no rate. */
export function checkRate(perSecond: number): void {
  if (!(perSecond > 0 && Number.isFinite(perSecond))) throw new RangeError("a rate is a number above 0");
}
