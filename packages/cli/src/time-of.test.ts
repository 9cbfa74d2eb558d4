import { expect, test } from "vitest";
import { timeOf } from "./time-of.ts";

const now = Date.UTC(2026, 10, 30, 12);

test("a time is so long ago, or as it is written", () => {
  const of = (text: string) => timeOf(text, "from", now);
  expect([of("90m"), of("24h"), of("7d"), of("2w"), of("2026-11-01T00:00:00+01:00")]).toEqual([
    "2026-11-30T10:30:00.000Z",
    "2026-11-29T12:00:00.000Z",
    "2026-11-23T12:00:00.000Z",
    "2026-11-16T12:00:00.000Z",
    "2026-11-01T00:00:00+01:00",
  ]);
});

test.each(["", "24", "h", "-1h", "1.5h", "24s", "2026-11-01", "now"])("%j is none, and its option is named", (text) => {
  expect(() => timeOf(text, "to", now)).toThrow("--to must be a time, such as 24h");
});
