import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["TIDINGS_PROT", "TIDINGS_PORT"],
  ["TIDINGS_HOSTS", "TIDINGS_HOST"],
])("%s most likely meant %s", (typed, meant) => {
  expect(nearest(typed, ["TIDINGS_HOST", "TIDINGS_PORT", "TIDINGS_ROLES"])).toBe(meant);
});

test("among no names none is nearest", () => {
  expect(nearest("x", [])).toBeUndefined();
});
