import { expect, test } from "vitest";
import { endOf } from "./end-of.ts";

const now = Date.UTC(2026, 0, 1);

test.each([
  ["30s", "2026-01-01T00:00:30.000Z"],
  ["90m", "2026-01-01T01:30:00.000Z"],
  ["4h", "2026-01-01T04:00:00.000Z"],
  ["2d", "2026-01-03T00:00:00.000Z"],
  ["2026-12-01T08:00:00Z", "2026-12-01T08:00:00Z"],
  ["2026-12-01T08:00:00.5+02:00", "2026-12-01T08:00:00.5+02:00"],
])("%s is %s", (text, end) => {
  expect(endOf("until", text, now)).toBe(end);
});

test.each(["", "0h", "-1h", "1w", "1.5h", "tomorrow", "2026-12-01", "2026-12-01T08:00:00", "2026-13-01T08:00:00Z"])(
  "%s is none",
  (text) => {
    expect(() => endOf("until", text, now)).toThrow("--until must be a time or how long from now");
  },
);
