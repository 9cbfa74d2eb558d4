import type { Clock } from "../ports/clock.ts";
import type { Limiter } from "../ports/limiter.ts";

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

interface Window {
  perSecond: number;
  capacity: number;
  slotMs: number;
  /** Permits per slot: the current one and the `slots` before it, as a ring. */
  counts: number[];
  /** Number of the current slot since the clock's zero. */
  current: number;
  taken: number;
}

/** Rate limits in this process's memory. `keysMax` windows are kept; the one not asked for longest is forgotten. */
export class MemoryLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock, limits: { keysMax: number }) {
    this.#clock = clock;
    this.#keysMax = limits.keysMax;
  }

  take(key: string, perSecond: number, count: number): Promise<{ taken: number; retryAfterMs: number }> {
    if (!(perSecond > 0 && Number.isFinite(perSecond))) {
      return Promise.reject(new RangeError("a rate is a number above 0"));
    }
    const now = this.#clock.monotonic();
    const window = this.#window(key, perSecond, now);
    slide(window, now);
    const taken = Math.max(0, Math.min(Math.floor(count), window.capacity - window.taken));
    window.taken += taken;
    const slot = window.current % window.counts.length;
    window.counts[slot] = (window.counts[slot] ?? 0) + taken;
    return Promise.resolve({ taken, retryAfterMs: taken < count ? untilNextFree(window, now) : 0 });
  }

  #window(key: string, perSecond: number, now: number): Window {
    const known = this.#windows.get(key);
    let window = known;
    if (window === undefined || window.perSecond !== perSecond) {
      window = emptyWindow(perSecond, now);
      if (known !== undefined) carryOver(known, window, now);
    }
    // The map's order is the order of use.
    this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > this.#keysMax) {
      for (const oldest of this.#windows.keys()) {
        this.#windows.delete(oldest);
        break;
      }
    }
    return window;
  }
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
