import { type Weekday, weekdays } from "@tidings/contract/local-time";
import { IANAZone } from "luxon";

/*
 * Times of the day where somebody is, as moments. A time that their clocks leave out on a day is the first moment after
 * the gap, and one that they show twice is the first of the two.
 */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How far the clocks of a zone are ahead of UTC, ms; of UTC where there is no such zone. */
type OffsetAt = (time: number) => number;

function offsetsOf(timeZone: string | undefined): OffsetAt {
  const zone = timeZone === undefined ? undefined : IANAZone.create(timeZone);
  return zone?.isValid === true ? (time) => zone.offset(time) * minuteMs : () => 0;
}

/** The first moment at which clocks show `wall`, a local time as if it were UTC, or have just passed over it. */
function momentOf(wall: number, offsetAt: OffsetAt): number {
  const [before, after] = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)];
  const shown = [wall - before, wall - after].filter((time) => time + offsetAt(time) === wall);
  if (shown.length > 0) return Math.min(...shown);
  // In a gap: clocks are behind `wall` at `low` and past it at `high`.
  let low = wall - Math.max(before, after) - 1;
  let high = wall - Math.min(before, after);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(middle) > wall) high = middle;
    else low = middle;
  }
  return high;
}

export interface LocalTime {
  after: number;
  timeZone: string | undefined;
  /** `HH:MM` */
  time: string;
  weekday?: Weekday | undefined;
}

/** The next moment after `after` at which it is `time` there, on that day of the week where one is given. */
export function nextLocalTime({ after, timeZone, time, weekday }: LocalTime): number {
  const offsetAt = offsetsOf(timeZone);
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const today = Math.floor((after + offsetAt(after)) / dayMs);
  for (let day = today; ; day += 1) {
    // 1 January 1970 was a Thursday.
    if (weekday !== undefined && weekdays[(((day + 3) % 7) + 7) % 7] !== weekday) continue;
    const moment = momentOf(day * dayMs + hours * hourMs + minutes * minuteMs, offsetAt);
    if (moment > after) return moment;
  }
}

/** The next moment after `after` at which a full hour begins there. */
export function nextLocalHour(after: number, timeZone: string | undefined): number {
  const offsetAt = offsetsOf(timeZone);
  const untilHour = (time: number) => hourMs - ((((time + offsetAt(time)) % hourMs) + hourMs) % hourMs);
  let moment = after + untilHour(after);
  // Clocks that were set by half an hour in between do not show a full hour there.
  if (untilHour(moment) !== hourMs) moment += untilHour(moment);
  return moment;
}
