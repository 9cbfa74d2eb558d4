import type { StoreMoveProgress } from "@tidings/contract/store-move";
import { describe, expect, test } from "vitest";
import type { TableProgress } from "../store/postgres/move-progress.ts";
import { MoveProgress } from "./progress.ts";

function bench() {
  const table: TableProgress = {
    name: "message",
    total: 1000,
    copied: 0,
    copiedTo: undefined,
    isCopied: false,
    verified: 0,
    verifiedTo: undefined,
    isVerified: false,
    digest: "",
  };
  const told: StoreMoveProgress[] = [];
  const clock = { now: 0 };
  const progress = new MoveProgress(
    new Map([["message", table]]),
    (line) => told.push(line),
    () => clock.now,
  );
  const step = (phase: "copy" | "verify", rows: number, ms: number) => {
    clock.now += ms;
    if (phase === "copy") table.copied += rows;
    else table.verified += rows;
    progress.step(phase, table, rows);
  };
  return { table, told, step, progress };
}

describe("the progress of a move", () => {
  test("tells rows per second and the time left for both phases", () => {
    const { told, step } = bench();
    step("copy", 500, 5000);
    expect(told.at(-1)).toMatchObject({ rows: 500, total: 1000, rowsPerSecond: 100, secondsLeft: 15 });
    step("copy", 500, 5000);
    expect(told.at(-1)).toMatchObject({ rows: 1000, secondsLeft: 10 });
    step("verify", 500, 1000);
    expect(told.at(-1)).toMatchObject({ phase: "verify", rows: 500, rowsPerSecond: 500, secondsLeft: 1 });
  });

  test("tells no time left before a speed was measured, and not every batch", () => {
    const { told, step } = bench();
    step("copy", 1, 300);
    step("copy", 1, 10);
    expect(told).toHaveLength(1);
    expect(told[0]?.secondsLeft).toBeNull();
  });

  test("counts the speed of this process alone where an earlier one is gone on with", () => {
    const { table, told, step } = bench();
    table.copied = 800;
    step("copy", 100, 10_000);
    expect(told.at(-1)).toMatchObject({ rows: 900, rowsPerSecond: 10, secondsLeft: 110 });
  });

  test("never passes its total, where the source has more rows than when it was counted", () => {
    const { step, progress } = bench();
    step("copy", 1200, 1000);
    expect(progress.sums()).toEqual({ copied: 1200, verified: 0, total: 1200 });
  });
});
