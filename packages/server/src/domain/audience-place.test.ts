import { expect, test } from "vitest";
import { placeOf, placeText } from "./audience-place.ts";

test("a place reads as it was written, whatever the recipient's id has in it", () => {
  for (const after of ["", "u1", "a:b", "7:", "ü 🙂"]) {
    expect(placeOf(placeText({ index: 3, after }))).toEqual({ index: 3, after });
  }
});

test("an event that has not come to its topics stands before the first subscriber", () => {
  expect(placeOf(null)).toEqual({ index: 0, after: "" });
});

test("what is no place is refused", () => {
  expect(() => placeOf("u1")).toThrow(TypeError);
  expect(() => placeOf("x:u1")).toThrow(TypeError);
});
