import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["order", ["orders", "news", "security"], "orders"],
  ["chanel", ["id", "type", "channel", "template"], "channel"],
  ["emial", ["email", "sms"], "email"],
  ["ORDERS", ["orders"], "orders"],
  ["ordres", ["orders", "ordre"], "orders"],
  ["x", ["y"], "y"],
])("%s was meant as one of %j: %s", (written, names, meant) => {
  expect(nearest(written, names)).toBe(meant);
});

test("what has nothing to do with any name is no name's misspelling", () => {
  expect(nearest("wholly-other", ["orders", "news"])).toBeUndefined();
  expect(nearest("orders", [])).toBeUndefined();
});
