import { describe, expect, test } from "vitest";
import { Terminal } from "../terminal.ts";
import { MoveDisplay } from "./move-display.ts";
import { duration } from "./move-lines.ts";

function bench({ isTTY = false, json = false }: { isTTY?: boolean; json?: boolean } = {}) {
  const said = { out: "", err: "" };
  const sink = (name: "out" | "err") => ({
    isTTY,
    columns: 200,
    write: (text: string) => {
      said[name] += text;
    },
  });
  const terminal = new Terminal({
    in: process.stdin,
    out: sink("out"),
    err: sink("err"),
    quiet: false,
    colours: false,
  });
  const clock = { now: 0 };
  return { said, clock, display: new MoveDisplay(terminal, json, () => clock.now) };
}

const progress = {
  kind: "progress",
  phase: "copy",
  table: "message",
  tableRows: 500,
  tableTotal: 1000,
  rows: 1_234_567,
  total: 2_469_134,
  rowsPerSecond: 10_000,
  secondsLeft: 125,
} as const;

describe("what migrate-store shows", () => {
  test("is a bar on a terminal, which goes when the move ends", () => {
    const { said, display } = bench({ isTTY: true });
    display.take(progress);
    expect(said.err).toContain(
      "copying ████████████░░░░░░░░░░░░ 50 %  message  1,234,567 of 2,469,134 rows, 10,000/s, 2 min 5 s left",
    );
    display.end();
    expect(said.err.endsWith("\r\x1b[2K")).toBe(true);
    expect(said.out).toBe("");
  });

  test("is a line every few seconds elsewhere", () => {
    const { said, clock, display } = bench();
    for (const now of [0, 1000, 4999, 5000, 6000]) {
      clock.now = now;
      display.take({ ...progress, secondsLeft: null });
    }
    expect(said.err).toBe("copying 50 %  message  1,234,567 of 2,469,134 rows, 10,000/s\n".repeat(2));
  });

  test("is every line as it is with --json", () => {
    const { said, display } = bench({ json: true });
    display.take(progress);
    display.take({ kind: "note", message: "again" });
    expect(
      said.out
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([progress, { kind: "note", message: "again" }]);
  });

  test("says at the end what was moved, and that the master key goes along", () => {
    const { said, display } = bench();
    const table = { name: "message", rows: 1000, digest: "ab".repeat(32) };
    const places = { source: "/data", destination: "db:5432/tidings" };
    display.take({
      ...places,
      kind: "done",
      tables: [table, { ...table, name: "run", rows: 0 }],
      rows: 1000,
      durationMs: 1,
      peakMemoryBytes: 1,
      masterKey: "/data/master.key",
    });
    expect(said.out).toMatch(/message +1,000 +abababababababab/);
    expect(said.out).not.toContain("run ");
    expect(said.out).toContain("/data/master.key");
  });

  test("is a failure with its hint where the move says so", () => {
    const { display } = bench();
    display.take({ kind: "failed", outcome: "difference", message: "not the same", hint: "begin anew" });
    expect(display.failure).toMatchObject({ outcome: "difference", message: "not the same", hint: "begin anew" });
  });
});

test("durations are said in the units that people use", () => {
  expect([0, 59.4, 60, 3599, 3600, 90_061].map(duration)).toEqual([
    "0 s",
    "59 s",
    "1 min 0 s",
    "59 min 59 s",
    "1 h 0 min",
    "25 h 1 min",
  ]);
});
