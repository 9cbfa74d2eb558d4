import type { DigestWindow } from "@tidings/contract/digest-step";
import { nextLocalHour, nextLocalTime } from "./calendar-window.ts";

const calendarTime = "09:00";

/** When a window closes that is opened now by an event of somebody in that time zone. */
export function closesAt(window: DigestWindow, now: number, timeZone: string | undefined): number {
  if (window.kind !== "calendar") return now + window.seconds * 1000;
  if (window.every === "hour") return nextLocalHour(now, timeZone);
  const { time = calendarTime, weekday = "monday" } = window;
  return nextLocalTime({ after: now, timeZone, time, weekday: window.every === "week" ? weekday : undefined });
}
