import { describe, expect, test } from "vitest";
import { deriveId } from "../lib/ids.ts";
import { eventPlace, eventPlaceLength, messageMark } from "./order.ts";

describe("the places of one ordering key", () => {
  const now = Date.UTC(2026, 10, 28);
  const event = (at: number, dueAt = at) => eventPlace(deriveId(at, "event"), at, dueAt);
  const message = (place: string, at: number) => messageMark({ key: "k", place }, deriveId(at, "message")).place;

  test("rise with the time at which an event came in", () => {
    const places = [event(now), event(now + 1), event(now + 1000), event(now + 2 ** 40)];
    expect(places).toEqual([...places].sort());
    expect(new Set(places.map((place) => place.length))).toEqual(new Set([eventPlaceLength]));
  });

  test("of an event that is scheduled are where its time is", () => {
    const scheduled = event(now, now + 60_000);
    expect([event(now + 59_999), scheduled, event(now + 60_001)]).toEqual(
      [scheduled, event(now + 60_001), event(now + 59_999)].sort(),
    );
    expect(scheduled).toHaveLength(eventPlaceLength);
  });

  test("of messages lie behind their event's, in front of the next event's, and rise with their steps", () => {
    const [first, second] = [event(now), event(now + 1)];
    const places = [first, message(first, now), message(first, now + 3_600_000), second, message(second, now + 1)];
    expect(places).toEqual([...places].sort());
  });
});
