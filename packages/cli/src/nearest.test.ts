import { expect, test } from "vitest";
import { didYouMean } from "./nearest.ts";

const names = ["start", "send", "tail", "dead-letters", "keys", "doctor"];

test.each([
  ["strat", "start"],
  ["sned", "send"],
  ["dead", "dead-letters"],
  ["deadletters", "dead-letters"],
  ["key", "keys"],
  ["docter", "doctor"],
])("%s was most likely meant as %s", (typed, meant) => {
  expect(didYouMean(typed, names)).toBe(`Did you mean ${meant}?`);
});

test("what resembles nothing is nothing's neighbour", () => {
  expect(didYouMean("xylophone", names)).toBeUndefined();
  expect(didYouMean("", names)).toBeUndefined();
});
