import type { Lane } from "@tidings/contract/words";
import { expect, test } from "vitest";
import { Strides } from "./strides.ts";

function world() {
  let now = 0;
  const strides = new Strides(
    { monotonic: () => now },
    { recipientsPerTurn: 10, recipientsPerStride: 500, recipientsPerShortStride: 20, strideQuietMs: 1000 },
  );
  const pass = (ms: number) => {
    now += ms;
  };
  return { strides, pass };
}

const all = (strides: Strides) =>
  (["critical", "transactional", "marketing"] as Lane[]).map((lane) => strides.recipients(lane));

test("marketing takes strides while nothing more urgent comes, and others never do", () => {
  const { strides } = world();
  strides.passed("marketing");
  expect(all(strides)).toEqual([10, 10, 500]);
});

test("what is more urgent makes its turns short, and they stay so until nothing has come for as long as is set", () => {
  for (const lane of ["critical", "transactional"] as const) {
    const { strides, pass } = world();
    strides.passed(lane);
    expect(all(strides)).toEqual([10, 10, 20]);
    pass(1000);
    expect(all(strides)).toEqual([10, 10, 20]);
    pass(1);
    expect(all(strides)).toEqual([10, 10, 500]);
  }
});

test("a stride is never shorter than a turn", () => {
  const limits = { recipientsPerTurn: 50, recipientsPerStride: 20, recipientsPerShortStride: 20, strideQuietMs: 1000 };
  expect(new Strides({ monotonic: () => 0 }, limits).recipients("marketing")).toBe(50);
});
