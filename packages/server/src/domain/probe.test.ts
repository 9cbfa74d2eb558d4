import { describe, expect, test } from "vitest";
import { isDue, type ProbeRecord, standOf } from "./probe.ts";

const record = (over: Partial<ProbeRecord> = {}): ProbeRecord => ({
  version: 3,
  status: "ok",
  code: "",
  detail: "",
  at: 1000,
  goodAt: 1000,
  ...over,
});
const failed = { status: "failed", code: "401", detail: "refused" } as const;

describe("how an integration stands", () => {
  test.each<[string, ProbeRecord | undefined, object | undefined]>([
    ["is not known where nobody asked", undefined, undefined],
    ["is what the last probe said", record(failed), { ...failed, at: 1000, goodAt: 1000 }],
    ["is not what an earlier version was told", record({ ...failed, version: 2 }), undefined],
    [
      "is well since a message was taken after it failed",
      record({ ...failed, goodAt: 1001 }),
      { status: "ok", code: "", at: 1001 },
    ],
    [
      "is as the probe said where the message was before it",
      record({ ...failed, goodAt: 999 }),
      { status: "failed", goodAt: 999 },
    ],
    ["is well by a message alone", record({ status: null, at: null, goodAt: 5 }), { status: "ok", at: 5, goodAt: 5 }],
    [
      "is unchecked where there is nothing to ask",
      record({ status: "unchecked", goodAt: null }),
      { status: "unchecked", goodAt: null },
    ],
  ])("%s", (_, known, expected) => {
    const stand = standOf(known, 3);
    if (expected === undefined) expect(stand).toBeUndefined();
    else expect(stand).toMatchObject(expected);
  });
});

describe("a probe is due", () => {
  const times = { everyMs: 1000, afterFailureMs: 100 };
  const due = (known: ProbeRecord | undefined, now: number, name = "1 mail") =>
    isDue(known, { name, version: 3, now }, times);

  test("at once where nobody asked, and after a new version", () => {
    expect(due(undefined, 0)).toBe(true);
    expect(due(record({ status: null, at: null }), 0)).toBe(true);
    expect(due(record({ version: 2 }), 1000)).toBe(true);
    expect(due(record(), 1000)).toBe(false);
  });

  test("after the time between two, and sooner after one that failed; never later", () => {
    expect(due(record(), 1799)).toBe(false);
    expect(due(record(), 2000)).toBe(true);
    expect(due(record(failed), 1079)).toBe(false);
    expect(due(record(failed), 1100)).toBe(true);
    expect(due(record({ status: "unchecked" }), 1799)).toBe(false);
  });

  test("not for all in one moment, and for each at the same one whoever looks", () => {
    const moment = (name: string) =>
      Array.from({ length: 201 }, (_, ms) => 1800 + ms).find((now) => due(record(), now, name));
    const moments = Array.from({ length: 50 }, (_, index) => moment(`1 i${index}`));
    expect(new Set(moments).size).toBeGreaterThan(30);
    expect(moment("1 i7")).toBe(moments[7]);
  });
});
