import type { Spread } from "@tidings/contract/campaigns";
import { minuteOf, nextLocalTime } from "./local-time.ts";
import { fractionOf } from "./spread-fraction.ts";
import { timeZone } from "./time-zone.ts";

const minuteMs = 60_000;

/** When a recipient has their turn: always the same moment for the same key, and never before `from`. */
export function spreadTime(spread: Spread, from: number, zone: string, key: string): number {
  if ("minutes" in spread) return from + Math.floor(fractionOf(key) * spread.minutes * minuteMs);
  return nextLocalTime(timeZone(zone), from - 1, minuteOf(spread.localTime));
}
