import { expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

const names = ["start", "send", "tail", "dead-letters", "keys", "doctor"];

test.each([
  ["strat", "start"],
  ["sned", "send"],
  ["dead", "dead-letters"],
  ["deadletters", "dead-letters"],
  ["key", "keys"],
  ["docter", "doctor"],
])("%s was most likely meant as %s", (typed, meant) => {
  expect(nearest(typed, names)).toBe(meant);
});

test("what resembles nothing is nothing's neighbour", () => {
  expect(didYouMean("xylophone", names)).toBeUndefined();
  expect(didYouMean("", names)).toBeUndefined();
});
