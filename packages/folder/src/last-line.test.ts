import { expect, test } from "vitest";
import { endsBeforeLastLine } from "./last-line.ts";

test("fields that become one line end before the last line break of their file, others with it", () => {
  for (const field of ["title", "url", "imageUrl", "badge", "sound", "collapseKey"])
    expect(endsBeforeLastLine("push", field), field).toBe(true);
  for (const [channel, field] of [
    ["push", "text"],
    ["chat", "body"],
    ["email", "html"],
  ] as const)
    expect(endsBeforeLastLine(channel, field), field).toBe(false);
});
