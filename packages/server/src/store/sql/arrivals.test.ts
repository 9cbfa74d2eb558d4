import { expect, test } from "vitest";
import { firstFor, foldArrival, type Recent, recentOf } from "./arrivals.ts";

const fold = (...arrived: [string, number][]): Recent =>
  arrived.reduce<Recent>((recent, [eventId, at]) => foldArrival(recent, { eventId, at }), []);

test("what arrived is remembered in the order of its times, each once, and the latest where that are many", () => {
  expect(fold(["b", 5], ["a", 9], ["c", 3], ["b", 5], ["d", 5])).toEqual([
    ["c", 3],
    ["b", 5],
    ["d", 5],
    ["a", 9],
  ]);
  const many = fold(...Array.from({ length: 40 }, (_, n): [string, number] => [`e${n}`, 100 - n]));
  expect([many.length, many[0], many.at(-1)]).toEqual([16, ["e15", 85], ["e0", 100]]);
  expect(recentOf(JSON.stringify(many))).toEqual(many);
});

test("a run finds the first that counts for it: from its own event on, up to its time, and not that event", () => {
  const recent = fold(["a", 3], ["b", 5], ["c", 9]);
  const found = (since: number, dueAt: number, eventId = "x") => firstFor(recent, { since, dueAt, eventId });
  expect([found(0, 10), found(4, 10), found(5, 5), found(6, 8), found(0, 2), found(10, 20)]).toEqual([
    "a",
    "b",
    "b",
    undefined,
    undefined,
    undefined,
  ]);
  expect(found(0, 10, "a")).toBe("b");
});
