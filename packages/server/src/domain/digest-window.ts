import type { DigestWindow } from "@tidings/contract/digest-step";
import { weekdays } from "@tidings/contract/local-time";
import { minuteOf, nextLocalHour, nextLocalTime } from "./local-time.ts";
import { timeZone } from "./time-zone.ts";

const calendarTime = "09:00";

/** When a window closes that is opened now by an event of somebody in that time zone. */
export function closesAt(window: DigestWindow, now: number, zoneName: string | undefined): number {
  if (window.kind !== "calendar") return now + window.seconds * 1000;
  const zone = timeZone(zoneName);
  if (window.every === "hour") return nextLocalHour(zone, now);
  const { time = calendarTime, weekday = "monday" } = window;
  return nextLocalTime(zone, now, minuteOf(time), window.every === "week" ? weekdays.indexOf(weekday) : undefined);
}
