import { expect, test } from "vitest";
import { sdkLimits } from "../limits.ts";
import { retryAfterMs, waitMs } from "./retry.ts";

test("waits are drawn from the whole of a bound that doubles up to its maximum", () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => waitMs(attempt, undefined, () => 1));
  expect(bounds).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, sdkLimits.retryWaitMsMax]);
  expect(waitMs(5, undefined, () => 0)).toBe(0);
  expect(waitMs(5, undefined, () => 0.5)).toBe(2000);
});

test("what the server asked for is waited in full, and those that were asked together do not come back together", () => {
  expect(waitMs(1, 3000, () => 0)).toBe(3000);
  expect(waitMs(1, 3000, () => 1)).toBe(3250);
});

test.each([
  [null, undefined],
  ["0", 0],
  ["120", 120_000],
  [" 7 ", 7000],
  ["Wed, 21 Oct 2015 07:28:10 GMT", 10_000],
  ["Wed, 21 Oct 2015 07:27:00 GMT", 0],
  ["-1", undefined],
  ["1.5", undefined],
  ["99999999999", undefined],
  ["soon", undefined],
  ["", undefined],
])("Retry-After %j is %j ms", (header, expected) => {
  expect(retryAfterMs(header, Date.parse("2015-10-21T07:28:00Z"))).toBe(expected);
});
