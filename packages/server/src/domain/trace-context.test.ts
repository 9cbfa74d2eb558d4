import { describe, expect, test } from "vitest";
import {
  carriedTrace,
  isSampled,
  spanIdOf,
  traceIdOf,
  traceOfHeaders,
  traceparentOf,
  tracestateOf,
  traceText,
} from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const parent = `00-${traceId}-${spanId}-01`;

describe("a caller's trace", () => {
  test("is taken with its state, and read back part by part", () => {
    const trace = traceOfHeaders(parent, "congo=t61rcWkgMzE, rojo=00f067aa0ba902b7") ?? "";
    expect(trace).toBe(`${parent} congo=t61rcWkgMzE,rojo=00f067aa0ba902b7`);
    expect([traceparentOf(trace), traceIdOf(trace), spanIdOf(trace), isSampled(trace)]).toEqual([
      parent,
      traceId,
      spanId,
      true,
    ]);
    expect([tracestateOf(trace), tracestateOf(parent)]).toEqual(["congo=t61rcWkgMzE,rojo=00f067aa0ba902b7", ""]);
    expect(traceText(traceId, spanId, true, "a=b")).toBe(`${parent} a=b`);
  });

  test.each([
    ["missing", undefined],
    ["empty", ""],
    ["of a version that there is not", `ff-${traceId}-${spanId}-01`],
    ["longer than its version", `${parent}-more`],
    ["shorter", parent.slice(0, -1)],
    ["in capitals", parent.toUpperCase()],
    ["of zeros as its trace", `00-${"0".repeat(32)}-${spanId}-01`],
    ["of zeros as its span", `00-${traceId}-${"0".repeat(16)}-01`],
    ["no hex", `00-${traceId.replace("a", "g")}-${spanId}-01`],
    ["there twice", `${parent}, ${parent}`],
    ["in spaces", ` ${parent}`],
    ["a list", [parent]],
  ])("that is %s is none", (_, header) => {
    expect(traceOfHeaders(header, "a=b")).toBeUndefined();
  });

  test("of a later version is read as far as it is known", () => {
    expect(traceOfHeaders(`cc-${traceId}-${spanId}-01-what-comes`, undefined)).toBe(parent);
    expect(traceOfHeaders(`cc-${traceId}-${spanId}-01.what`, undefined)).toBeUndefined();
  });

  test("says by its last flag alone whether it is recorded", () => {
    const flags = (text: string) => traceOfHeaders(`00-${traceId}-${spanId}-${text}`, undefined)?.slice(-2);
    expect(["00", "01", "02", "03", "fe", "ff"].map(flags)).toEqual(["00", "01", "00", "01", "00", "01"]);
  });

  test("goes on without a state that is none, and with as much of a long one as has to be passed on", () => {
    const state = (header: unknown) => tracestateOf(traceOfHeaders(parent, header) ?? "");
    for (const wrong of ["A=b", "a", "=b", "a=b\u00e9", "a==b", Array(33).fill("a=b").join(","), 5, ["a=b"]])
      expect(state(wrong)).toBe("");
    expect(state("a=1,,\tb@c=2 , ")).toBe("a=1,b@c=2");
    const long = `big=${"x".repeat(200)}`;
    const small = Array.from({ length: 30 }, (_, index) => `k${index}=${"y".repeat(12)}`);
    const kept = state([long, ...small].join(","));
    expect(kept.startsWith("k0=")).toBe(true);
    expect(kept.length).toBeLessThanOrEqual(512);
    expect(kept.length).toBeGreaterThan(490);
  });
});

describe("what a queue's item carries", () => {
  const row = `${parent} shop=1`;

  test("goes before what the row says, with the row's state where both are of one trace", () => {
    const later = `00-${traceId}-00f067aa0ba902b7-01`;
    const other = `00-${traceId.replace("0a", "0b")}-${spanId}-01`;
    expect(carriedTrace(later, row)).toBe(`${later} shop=1`);
    expect(carriedTrace(other, row)).toBe(other);
    expect(carriedTrace(later, null)).toBe(later);
  });

  test("is left where there is nothing, or nothing valid", () => {
    expect(carriedTrace(undefined, row)).toBe(row);
    expect(carriedTrace("garbage", row)).toBe(row);
    expect(carriedTrace("garbage", null)).toBeNull();
  });
});
