import { dayMs, hourMs, type TimeZone } from "./time-zone.ts";

/** A window of each day, or of some, by local clocks. Over midnight where `to` is before `from`; it belongs to the day on which it begins. */
export interface DailyWindow {
  /** Minutes of the day. */
  from: number;
  to: number;
  /** Per weekday, Monday first, whether the window begins on it. */
  days: readonly boolean[];
}

/** A window that goes on from day to day is followed for so long. */
const followedDaysMax = 15;

/** When a window ends that holds at an instant; undefined where none does. Infinite where it does not end within a fortnight. */
export function windowEnd(window: DailyWindow, zone: TimeZone, at: number): number | undefined {
  let end = endOfOne(window, zone, at);
  for (let followed = 0; end !== undefined; followed += 1) {
    if (followed >= followedDaysMax) return Number.POSITIVE_INFINITY;
    const next = endOfOne(window, zone, end);
    if (next === undefined) return end;
    end = next;
  }
  return undefined;
}

/** When the window next begins, or `at` where it holds then; undefined where it does not within a fortnight. */
export function windowStart(window: DailyWindow, zone: TimeZone, at: number): number | undefined {
  if (endOfOne(window, zone, at) !== undefined) return at;
  const today = localDay(zone, at);
  for (let day = today; day < today + followedDaysMax; day += 1) {
    if (!beginsOn(window, day)) continue;
    const start = zone.instantOf(day, window.from);
    if (start > at && endOfOne(window, zone, start) !== undefined) return start;
  }
  return undefined;
}

/** The first instant after another at which local clocks show a minute of the day, on one weekday (Monday is 0) or on any. */
export function nextLocalTime(zone: TimeZone, after: number, minute: number, weekday?: number): number {
  const first = localDay(zone, after) - 1;
  for (let day = first; ; day += 1) {
    if (weekday !== undefined && weekdayOf(day) !== weekday) continue;
    const at = zone.instantOf(day, minute);
    if (at > after) return at;
  }
}

/** The next instant after another at which local clocks show a full hour. */
export function nextLocalHour(zone: TimeZone, after: number): number {
  const untilHour = (at: number) => hourMs - (((zone.localAt(at) % hourMs) + hourMs) % hourMs);
  let at = after + untilHour(after);
  // Clocks that were set by half an hour in between do not show a full hour there.
  if (untilHour(at) !== hourMs) at += untilHour(at);
  return at;
}

/** Minutes of the day, of a time as `07:30`. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** A window that began yesterday may hold still, and one of tomorrow already, where clocks were set back over midnight. */
function endOfOne(window: DailyWindow, zone: TimeZone, at: number): number | undefined {
  const today = localDay(zone, at);
  let latest: number | undefined;
  for (let day = today - 1; day <= today + 1; day += 1) {
    if (!beginsOn(window, day)) continue;
    const end = zone.instantOf(window.to <= window.from ? day + 1 : day, window.to);
    if (at < end && at >= zone.instantOf(day, window.from)) latest = Math.max(latest ?? end, end);
  }
  return latest;
}

const localDay = (zone: TimeZone, at: number): number => Math.floor(zone.localAt(at) / dayMs);

const beginsOn = (window: DailyWindow, day: number): boolean => window.days[weekdayOf(day)] === true;

/** Monday is 0; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
