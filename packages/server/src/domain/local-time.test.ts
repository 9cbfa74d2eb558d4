import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { type DailyWindow, minuteOf, nextLocalTime, windowEnd, windowStart } from "./local-time.ts";
import { minuteMs, timeZone } from "./time-zone.ts";

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const zones = [
  "Europe/Vienna",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Pacific/Apia",
  "UTC",
  "America/St_Johns",
];
const shown = (at: number | undefined) =>
  at === undefined || at === Number.POSITIVE_INFINITY ? at : new Date(at).toISOString().slice(0, 16);
const at = (iso: string) => Date.parse(`${iso}Z`);

/** As in `22:00-07:00 fri,sat`. */
function window(text: string): DailyWindow {
  const [times = "", days] = text.split(" ");
  const [from = "", to = ""] = times.split("-");
  const on = days?.split(",");
  return { from: minuteOf(from), to: minuteOf(to), days: weekdays.map((day) => on?.includes(day) ?? true) };
}

describe("a daily window", () => {
  test.each<[string, string, string, string | undefined]>([
    ["Europe/Vienna", "22:00-07:00", "2026-01-10T20:59", undefined],
    ["Europe/Vienna", "22:00-07:00", "2026-01-10T21:00", "2026-01-11T06:00"],
    ["Europe/Vienna", "22:00-07:00", "2026-01-11T05:59", "2026-01-11T06:00"],
    ["Europe/Vienna", "22:00-07:00", "2026-01-11T06:00", undefined],
    // Clocks go forward at 01:00 UTC on 29 March, and back on 25 October.
    ["Europe/Vienna", "22:00-07:00", "2026-03-28T22:00", "2026-03-29T05:00"],
    ["Europe/Vienna", "22:00-07:00", "2026-10-24T21:00", "2026-10-25T06:00"],
    ["Europe/Vienna", "22:00-02:30", "2026-03-28T22:00", "2026-03-29T01:00"],
    ["Europe/Vienna", "22:00-02:30", "2026-10-24T23:00", "2026-10-25T00:30"],
    // The second 02:15 of that night lies behind the first 02:30.
    ["Europe/Vienna", "22:00-02:30", "2026-10-25T01:15", undefined],
    // All of it lies in the hour that there is not.
    ["Europe/Vienna", "02:10-02:50", "2026-03-29T01:00", undefined],
    ["America/New_York", "21:00-08:00", "2026-03-08T05:00", "2026-03-08T12:00"],
    ["America/New_York", "21:00-08:00", "2026-11-01T05:00", "2026-11-01T13:00"],
    // Half an hour: forward at 15:30 UTC on 3 October, back at 15:00 UTC on 4 April.
    ["Australia/Lord_Howe", "22:00-07:00", "2026-10-03T14:00", "2026-10-03T20:00"],
    ["Australia/Lord_Howe", "22:00-07:00", "2026-04-04T14:00", "2026-04-04T20:30"],
    ["Australia/Lord_Howe", "22:00-02:15", "2026-10-03T14:00", "2026-10-03T15:30"],
    ["Australia/Lord_Howe", "22:00-01:45", "2026-04-04T14:00", "2026-04-04T14:45"],
    ["Asia/Kolkata", "22:00-07:00", "2026-06-01T16:30", "2026-06-02T01:30"],
    // Friday the 30th did not take place: the night of the 29th ends with it, and that of the 30th begins at once.
    ["Pacific/Apia", "22:00-07:00", "2011-12-30T09:00", "2011-12-30T17:00"],
    ["Pacific/Apia", "22:00-07:00 thu", "2011-12-30T09:00", "2011-12-30T10:00"],
    ["Pacific/Apia", "08:00-17:00 fri", "2011-12-30T10:00", undefined],
    ["UTC", "09:00-17:00 mon", "2026-11-30T09:00", "2026-11-30T17:00"],
    ["UTC", "09:00-17:00 mon", "2026-12-01T09:00", undefined],
    ["UTC", "22:00-07:00 sun", "2026-11-30T06:00", "2026-11-30T07:00"],
    ["UTC", "22:00-07:00 sun", "2026-11-30T22:00", undefined],
    ["UTC", "00:00-24:00 sat,sun", "2026-11-28T12:00", "2026-11-30T00:00"],
  ])("in %s, %s at %s ends at %s", (zone, text, now, end) => {
    expect(shown(windowEnd(window(text), timeZone(zone), at(now)))).toBe(end);
  });

  test("that goes on every day has no end", () => {
    expect(windowEnd(window("00:00-24:00"), timeZone("UTC"), at("2026-11-28T12:00"))).toBe(Number.POSITIVE_INFINITY);
  });

  test.each<[string, string, string, string | undefined]>([
    ["Europe/Vienna", "09:00-17:00", "2026-03-28T17:00", "2026-03-29T07:00"],
    ["Europe/Vienna", "09:00-17:00", "2026-03-28T08:30", "2026-03-28T08:30"],
    ["Europe/Vienna", "02:30-04:00", "2026-03-28T12:00", "2026-03-29T01:00"],
    ["Europe/Vienna", "02:10-02:50", "2026-03-28T12:00", "2026-03-30T00:10"],
    ["Pacific/Apia", "09:00-17:00 fri", "2011-12-29T00:00", "2012-01-05T19:00"],
    ["UTC", "09:00-17:00 mon,wed", "2026-11-30T17:00", "2026-12-02T09:00"],
    ["UTC", "09:00-09:00", "2026-11-30T08:00", "2026-11-30T08:00"],
  ])("in %s, %s next holds from %s at %s", (zone, text, now, start) => {
    expect(shown(windowStart(window(text), timeZone(zone), at(now)))).toBe(start);
  });

  test("on no day never holds", () => {
    const never = { from: 0, to: 60, days: [] };
    expect(windowStart(never, timeZone("UTC"), 0)).toBeUndefined();
    expect(windowEnd(never, timeZone("UTC"), 0)).toBeUndefined();
  });
});

describe("the next local time", () => {
  test.each<[string, string, string, string | undefined, string]>([
    ["Europe/Vienna", "09:00", "2026-03-28T08:00", undefined, "2026-03-29T07:00"],
    ["Europe/Vienna", "02:30", "2026-03-28T12:00", undefined, "2026-03-29T01:00"],
    ["Europe/Vienna", "02:30", "2026-10-24T12:00", undefined, "2026-10-25T00:30"],
    ["Europe/Vienna", "02:30", "2026-10-25T00:30", undefined, "2026-10-26T01:30"],
    ["America/New_York", "02:30", "2026-03-07T12:00", undefined, "2026-03-08T07:00"],
    ["Australia/Lord_Howe", "02:15", "2026-10-03T12:00", undefined, "2026-10-03T15:30"],
    ["Asia/Kolkata", "09:00", "2026-06-01T03:30", undefined, "2026-06-02T03:30"],
    ["Pacific/Apia", "09:00", "2011-12-29T20:00", undefined, "2011-12-30T10:00"],
    ["Pacific/Apia", "09:00", "2011-12-30T10:00", undefined, "2011-12-30T19:00"],
    ["UTC", "09:00", "2026-11-30T09:00", "mon", "2026-12-07T09:00"],
    ["UTC", "09:00", "2026-11-30T08:59", "mon", "2026-11-30T09:00"],
  ])("in %s, %s behind %s on %s is %s", (zone, time, after, weekday, expected) => {
    const day = weekday === undefined ? undefined : weekdays.indexOf(weekday);
    expect(shown(nextLocalTime(timeZone(zone), at(after), minuteOf(time), day))).toBe(expected);
  });
});

describe("a time zone", () => {
  const instants = fc.integer({ min: at("2005-01-01T00:00") / 1000, max: at("2035-01-01T00:00") / 1000 });

  test("shows what Luxon shows", () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, seconds) => {
        const local = DateTime.fromSeconds(seconds, { zone });
        expect(timeZone(zone).localAt(seconds * 1000)).toBe(seconds * 1000 + local.offset * minuteMs);
      }),
      { numRuns: 2000 },
    );
  });

  test("finds the first instant at which clocks show a time, or a later one", () => {
    // All minutes of the days around the changes of each zone, looked through one by one.
    for (const zone of zones) {
      const known = timeZone(zone);
      for (const around of [
        "2026-03-07",
        "2026-03-28",
        "2026-04-04",
        "2026-10-03",
        "2026-10-24",
        "2026-10-31",
        "2011-12-29",
        "2011-11-05",
      ]) {
        const from = at(`${around}T00:00`);
        for (let minute = 0; minute < 2880; minute += 7) {
          const wanted = from + minute * minuteMs;
          const day = Math.floor(wanted / 86_400_000);
          let first = wanted - 28 * 60 * minuteMs;
          while (known.localAt(first) < wanted) first += minuteMs;
          expect([zone, shown(wanted), shown(known.instantOf(day, (wanted / minuteMs) % 1440))]).toEqual([
            zone,
            shown(wanted),
            shown(first),
          ]);
        }
      }
    }
  });

  test("that this runtime does not know is UTC", () => {
    expect(timeZone("Nowhere/Land").localAt(5)).toBe(5);
  });
});
