import { IANAZone } from "luxon";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** What is kept of a zone: half a kilobyte a day at most, dropped whole when there is more. */
const daysMax = 2000;
const instantsMax = 5000;
const zonesMax = 700;
/** No zone is further than this from UTC, so what is local at a moment lies between these two. */
const behindMs = 15 * 60 * minuteMs;
const aheadMs = 13 * 60 * minuteMs;

/** Offsets of a day of UTC: nearly all days have one. */
interface DayOffsets {
  before: number;
  after: number;
  /** The instant at which `after` begins; infinite where it never does on this day. */
  changeAt: number;
}

/**
 * A time zone. Asking Luxon for an offset takes microseconds, because it formats a date to read it: it is asked twice per
 * day of UTC, and the change between is found by halving. Local times are numbers too: the instant that they would be in UTC.
 */
export class TimeZone {
  readonly #zone: IANAZone;
  readonly #days = new Map<number, DayOffsets>();
  readonly #instants = new Map<number, number>();

  constructor(name: string) {
    this.#zone = IANAZone.create(name);
  }

  /** What local clocks show at an instant, ms. */
  localAt(at: number): number {
    return at + this.#offsetAt(at);
  }

  /**
   * When local clocks show a minute of a day, which is counted from 1970-01-01. Of a time that exists twice, the first; of
   * one that does not exist, the first instant behind the gap.
   */
  instantOf(day: number, minute: number): number {
    const key = day * 2000 + minute;
    const known = this.#instants.get(key);
    if (known !== undefined) return known;
    const instant = this.#find(day * dayMs + minute * minuteMs);
    if (this.#instants.size >= instantsMax) this.#instants.clear();
    this.#instants.set(key, instant);
    return instant;
  }

  #find(local: number): number {
    const earliest = local - behindMs;
    const before = this.#offsetAt(earliest);
    const first = local - before;
    if (this.#offsetAt(first) === before) return first;
    const latest = local + aheadMs;
    const after = this.#offsetAt(latest);
    const second = local - after;
    if (this.#offsetAt(second) === after) return second;
    for (let day = Math.floor(earliest / dayMs); day <= Math.floor(latest / dayMs); day += 1) {
      const { changeAt } = this.#offsetsOf(day);
      if (changeAt > earliest && changeAt <= latest) return changeAt;
    }
    return second;
  }

  #offsetAt(at: number): number {
    const { before, after, changeAt } = this.#offsetsOf(Math.floor(at / dayMs));
    return at < changeAt ? before : after;
  }

  #offsetsOf(day: number): DayOffsets {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const before = this.#ask(day * dayMs);
    const after = this.#ask((day + 1) * dayMs - 1);
    const changeAt = before === after ? Number.POSITIVE_INFINITY : this.#changeIn(day, before);
    const offsets = { before, after, changeAt };
    if (this.#days.size >= daysMax) this.#days.clear();
    this.#days.set(day, offsets);
    return offsets;
  }

  #changeIn(day: number, before: number): number {
    let last = day * dayMs;
    let changed = (day + 1) * dayMs - 1;
    while (changed - last > 1) {
      const middle = Math.floor((last + changed) / 2);
      if (this.#ask(middle) === before) last = middle;
      else changed = middle;
    }
    return changed;
  }

  #ask(at: number): number {
    return this.#zone.offset(at) * minuteMs;
  }
}

const zones = new Map<string, TimeZone>();

/** UTC for a name that this runtime does not know: what the name came from was checked by a runtime that did; and for none. */
export function timeZone(name = "UTC"): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = new TimeZone(IANAZone.isValidZone(name) ? name : "UTC");
  if (zones.size >= zonesMax) zones.clear();
  zones.set(name, zone);
  return zone;
}
