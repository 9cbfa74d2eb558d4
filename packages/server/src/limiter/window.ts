import type { Permits, Unused } from "../ports/limiter.ts";

/*
 * A sliding window per key: with `capacity` = perSecond rounded up, no stretch of capacity / perSecond seconds (1 s, or a
 * little more where the rate is no whole number) sees more than `capacity` permits. An idle key holds one second's
 * worth. Permits are counted in slots; a permit comes free when its whole slot has left the window, so the bound is
 * exact and the steady rate is at least slots / (slots + 1) = 97.5 % of perSecond.
 *
 * Rejected: a token bucket that holds one second's worth lets 2 × perSecond through in its first second, and vendors
 * count; one that holds 5 % keeps the bound but puts every burst after an idle second off.
 */
const slots = 40;

/** What was taken of a rate lately. Plain data, so that it may lie in a store. */
export interface Window {
  perSecond: number;
  capacity: number;
  slotMs: number;
  /** Permits per slot: the current one and the `slots` before it, as a ring. */
  counts: number[];
  /** Number of the current slot since the clock's zero. */
  current: number;
  taken: number;
}

/**
 * Takes up to `count` permits at `now`, ms of any clock that does not run backwards; `known` is what was taken before, and
 * `unused` of it are given back.
 */
export function takeFrom(
  known: Window | undefined,
  perSecond: number,
  count: number,
  now: number,
  unused?: Unused,
): { window: Window } & Permits {
  let window = known;
  if (window === undefined || window.perSecond !== perSecond) {
    window = emptyWindow(perSecond, now);
    if (known !== undefined) carryOver(known, window, now);
  }
  slide(window, now);
  if (unused !== undefined) giveBack(window, unused);
  const taken = Math.max(0, Math.min(Math.floor(count), window.capacity - window.taken));
  window.taken += taken;
  const slot = window.current % window.counts.length;
  window.counts[slot] = (window.counts[slot] ?? 0) + taken;
  return { window, taken, retryAfterMs: taken < count ? untilNextFree(window, now) : 0, at: now };
}

/** What has left the window already is free anyway. */
function giveBack(window: Window, { count, at }: Unused): void {
  const number = Math.floor(at / window.slotMs);
  if (number > window.current || window.current - number >= window.counts.length) return;
  const slot = number % window.counts.length;
  const given = Math.max(0, Math.min(Math.floor(count), window.counts[slot] ?? 0));
  window.counts[slot] = (window.counts[slot] ?? 0) - given;
  window.taken -= given;
}

/** Throws for what is no rate. */
export function checkRate(perSecond: number): void {
  if (!(perSecond > 0 && Number.isFinite(perSecond))) throw new RangeError("a rate is a number above 0");
}

function emptyWindow(perSecond: number, now: number): Window {
  const capacity = Math.ceil(perSecond);
  const slotMs = ((capacity / perSecond) * 1000) / slots;
  const counts = new Array<number>(slots + 1).fill(0);
  return { perSecond, capacity, slotMs, counts, current: Math.floor(now / slotMs), taken: 0 };
}

/** A rate that was changed does not forgive what was taken before: it counts as taken now. */
function carryOver(from: Window, to: Window, now: number): void {
  slide(from, now);
  to.taken = from.taken;
  to.counts[to.current % to.counts.length] = from.taken;
}

/** Empties the slots that have left the window. */
function slide(window: Window, now: number): void {
  const current = Math.floor(now / window.slotMs);
  const steps = Math.min(current - window.current, window.counts.length);
  for (let step = 0; step < steps; step += 1) {
    const slot = (current - step) % window.counts.length;
    window.taken -= window.counts[slot] ?? 0;
    window.counts[slot] = 0;
  }
  window.current = Math.max(current, window.current);
}

/** Milliseconds until the oldest slot that has permits leaves the window. */
function untilNextFree(window: Window, now: number): number {
  for (let age = slots; age >= 0; age -= 1) {
    const number = window.current - age;
    if (number < 0 || (window.counts[number % window.counts.length] ?? 0) === 0) continue;
    return Math.max(1, Math.ceil((number + slots + 1) * window.slotMs - now));
  }
  return Math.ceil(window.slotMs);
}
