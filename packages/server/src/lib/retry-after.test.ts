import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

it.each([
  ["120", 120_000],
  [" 0 ", 0],
  [["5", "6"], 5000],
  ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["Wed, 31 Dec 2025 23:00:00 GMT", 0],
  ["999999999999", 86_400_000],
  ["-5", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("reads Retry-After %j as %j ms", (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
