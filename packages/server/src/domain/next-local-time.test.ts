import { weekdays } from "@tidings/contract/local-time";
import { describe, expect, test } from "vitest";
import { minuteOf, nextLocalHour, nextLocalTime } from "./local-time.ts";
import { timeZone as zoneOf } from "./time-zone.ts";

const next = (after: string, timeZone: string | undefined, time: string, weekday?: "monday" | "sunday") =>
  new Date(
    nextLocalTime(
      zoneOf(timeZone),
      Date.parse(after),
      minuteOf(time),
      weekday === undefined ? undefined : weekdays.indexOf(weekday),
    ),
  ).toISOString();
const hour = (after: string, timeZone?: string) =>
  new Date(nextLocalHour(zoneOf(timeZone), Date.parse(after))).toISOString();

describe("a time of the day where somebody is", () => {
  test.each([
    ["today", "2026-06-01T06:00:00Z", "Europe/Berlin", "09:00", "2026-06-01T07:00:00.000Z"],
    [
      "tomorrow where it is that time now",
      "2026-06-01T07:00:00Z",
      "Europe/Berlin",
      "09:00",
      "2026-06-02T07:00:00.000Z",
    ],
    ["tomorrow there, which is today here", "2026-06-01T20:00:00Z", "Asia/Tokyo", "09:00", "2026-06-02T00:00:00.000Z"],
    ["UTC where the zone is not known", "2026-06-01T06:00:00Z", undefined, "09:00", "2026-06-01T09:00:00.000Z"],
    ["UTC where there is no such zone", "2026-06-01T06:00:00Z", "Mars/Olympus", "09:00", "2026-06-01T09:00:00.000Z"],
    [
      "an hour earlier after clocks went forward",
      "2026-03-28T10:00:00Z",
      "Europe/Berlin",
      "09:00",
      "2026-03-29T07:00:00.000Z",
    ],
    [
      "an hour later after clocks went back",
      "2026-10-24T10:00:00Z",
      "Europe/Berlin",
      "09:00",
      "2026-10-25T08:00:00.000Z",
    ],
    [
      "the end of the gap that it lies in",
      "2026-03-28T10:00:00Z",
      "Europe/Berlin",
      "02:30",
      "2026-03-29T01:00:00.000Z",
    ],
    ["the first of two", "2026-10-24T10:00:00Z", "Europe/Berlin", "02:30", "2026-10-25T00:30:00.000Z"],
    [
      "not the second of two on the same day",
      "2026-10-25T00:45:00Z",
      "Europe/Berlin",
      "02:30",
      "2026-10-26T01:30:00.000Z",
    ],
    [
      "behind half an hour of a gap",
      "2026-10-03T10:00:00Z",
      "Australia/Lord_Howe",
      "02:15",
      "2026-10-03T15:30:00.000Z",
    ],
    [
      "behind midnight where that is left out",
      "2026-09-05T10:00:00Z",
      "America/Santiago",
      "00:00",
      "2026-09-06T04:00:00.000Z",
    ],
    ["the end of a day that was left out", "2011-12-30T05:00:00Z", "Pacific/Apia", "09:00", "2011-12-30T10:00:00.000Z"],
  ])("is %s", (_, after, timeZone, time, expected) => {
    expect(next(after, timeZone, time)).toBe(expected);
  });

  test("falls on the day of the week that it is there", () => {
    expect(next("2026-11-29T20:00:00Z", "Asia/Tokyo", "09:00", "monday")).toBe("2026-11-30T00:00:00.000Z");
    expect(next("2026-11-30T00:00:00Z", "Asia/Tokyo", "09:00", "monday")).toBe("2026-12-07T00:00:00.000Z");
    expect(next("2026-10-20T00:00:00Z", "Europe/Berlin", "09:00", "sunday")).toBe("2026-10-25T08:00:00.000Z");
  });

  test("is always later, within eight days, and on that minute by the zone's own clock", () => {
    const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"];
    for (const timeZone of zones) {
      const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
      for (let after = Date.UTC(2026, 0, 1); after < Date.UTC(2027, 0, 1); after += 7 * 3_600_000 + 61_000) {
        const found = nextLocalTime(zoneOf(timeZone), after, minuteOf("09:00"));
        expect([timeZone, after, format.format(found)]).toEqual([timeZone, after, "09:00"]);
        expect(found > after && found - after <= 25 * 3_600_000).toBe(true);
      }
    }
  });
});

describe("a full hour where somebody is", () => {
  test.each([
    ["2026-06-01T06:10:00Z", undefined, "2026-06-01T07:00:00.000Z"],
    ["2026-06-01T06:00:00Z", undefined, "2026-06-01T07:00:00.000Z"],
    ["2026-06-01T06:10:00Z", "Asia/Kathmandu", "2026-06-01T06:15:00.000Z"],
    ["2026-04-04T14:45:00Z", "Australia/Lord_Howe", "2026-04-04T15:30:00.000Z"],
    ["2026-03-29T00:30:00Z", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
  ])("behind %s in %s is %s", (after, timeZone, expected) => {
    expect(hour(after, timeZone)).toBe(expected);
  });
});
