import { describe, expect, test } from "vitest";
import { LookMemory, slowMs } from "./look-memory.ts";

const place = { lane: 1, channel: 2 };
const look = { ...place, now: 100_000, rows: 10 };
const held = (tenant: string, since: number, holder = 0) => ({ holder, tenant, since });

/** A memory of a look that met these, after so many slow ones. */
function memory(met: readonly ReturnType<typeof held>[], slow = 2): LookMemory {
  const known = new LookMemory();
  known.begin("message", look);
  known.meet("message", look, [0, 7], met, true);
  for (let looks = 0; looks < slow; looks += 1) known.took("message", place, slowMs);
  return known;
}

const passed = (known: LookMemory) =>
  known.passed("message", place).map(({ holder, tenant, since }) => [holder, tenant, since]);

describe("what looks have passed", () => {
  test("is used after two slow ones in a row, and no more once one was quick", () => {
    const known = memory([held("a", 5000)], 1);
    expect([known.isFull("message", place), passed(known)]).toEqual([true, []]);
    known.took("message", place, slowMs);
    expect(known.isFull("message", place)).toBe(false);
    expect(passed(known)).toEqual([
      [0, "a", 5000],
      [7, "a", 99_500],
    ]);
    known.took("message", place, slowMs - 1);
    expect([known.isFull("message", place), passed(known)]).toEqual([true, []]);
  });

  test("ends half a second before the look, where more may be committed late", () => {
    expect(passed(memory([held("a", Number.POSITIVE_INFINITY), held("a", 99_800, 7)]))).toEqual([
      [0, "a", 99_500],
      [7, "a", 99_500],
    ]);
  });

  test("goes back to a row that a holder got", () => {
    const known = memory([held("a", 5000)]);
    known.take("message", place, held("a", 300, 7));
    known.take("message", place, held("stranger", 300, 7));
    expect(passed(known)).toEqual([
      [0, "a", 5000],
      [7, "a", 300],
    ]);
  });

  test("is forgotten where the clock was set back, and not for a look that was overtaken by another", () => {
    const known = memory([held("a", 5000)]);
    known.begin("message", { ...place, now: look.now - 400 });
    expect(passed(known)).toHaveLength(2);
    known.begin("message", { ...place, now: look.now - 2000 });
    expect([known.isFull("message", place), passed(known)]).toEqual([true, []]);
  });

  test("is kept of as many tenants as it is bounded to, the latest ones, and of each place apart", () => {
    const known = memory(Array.from({ length: 300 }, (_, index) => held(`t${index}`, 5000)));
    const tenants = new Set(known.passed("message", place).map(({ tenant }) => tenant));
    expect([tenants.size, tenants.has("t299"), tenants.has("t0")]).toEqual([200, true, false]);
    expect(known.passed("run", place)).toEqual([]);
    expect(known.passed("message", { ...place, lane: 2 })).toEqual([]);
  });
});
