import { describe, expect, test } from "vitest";
import { judgeReported } from "./reported.ts";

const row = (sourceIp: string | undefined, messages: number, dkimAligned: boolean, spfAligned = false) => ({
  ...(sourceIp === undefined ? {} : { sourceIp }),
  messages,
  dkimAligned,
  spfAligned,
});

describe("what receivers reported", () => {
  test("is left out where nothing came", () => {
    expect(judgeReported([])).toMatchObject([{ status: "skipped" }]);
  });

  test("is well where one of both aligned for all", () => {
    expect(judgeReported([row("192.0.2.1", 3, true), row("192.0.2.2", 1, false, true)])).toMatchObject([
      { status: "ok", detail: "100.0 % of 4 mails of the last 7 days aligned" },
    ]);
  });

  test("names who sent what did not, those of most mails first", () => {
    const others = ["a", "b", "c", "d", "e"].map((source) => row(source, 1, false));
    const [check] = judgeReported([
      row("192.0.2.1", 994, true),
      row("192.0.2.9", 2, false),
      row("192.0.2.9", 2, false),
      ...others,
    ]);
    expect(check).toMatchObject({ status: "note" });
    expect(check?.detail).toBe(
      "99.1 % of 1003 mails of the last 7 days aligned; not aligned: 192.0.2.9 (4), a (1), b (1), c (1), d (1) and 1 more",
    );
  });
});
