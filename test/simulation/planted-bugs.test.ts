import { afterAll, describe, expect, it } from "vitest";
import { copySources } from "./patched-copy.ts";
import { plantedBugs } from "./planted-bugs.ts";
import { runWorker } from "./worker.ts";

/** What the simulation is worth: a bug of each kind is found, soon, and by its name. */

const seedsMax = 1000;
const firstSeed = 1;
const timeoutMs = 120_000;

const copies = new Set<() => void>();
afterAll(() => {
  for (const remove of copies) remove();
});

function copy(bug: (typeof plantedBugs)[number] | undefined): string {
  const { folder, remove } = copySources(bug);
  copies.add(remove);
  return folder;
}

describe("the simulation", () => {
  it.each(plantedBugs)(
    `finds within ${seedsMax} seeds: $name`,
    async (bug) => {
      const { failures, passed } = await runWorker(copy(bug), [
        `--from=${bug.firstSeed ?? firstSeed}`,
        `--seeds=${seedsMax}`,
        "--stop-at-failure",
      ]);
      const [failure] = failures;
      expect(failure, `${passed} seeds passed with the bug in them`).toBeDefined();
      expect(bug.invariants, failure?.report).toEqual(
        expect.arrayContaining([expect.toBeOneOf(failure?.invariants ?? [])]),
      );
    },
    timeoutMs,
  );

  it(
    "passes the same seeds where there is no bug",
    async () => {
      const { failures, passed } = await runWorker(copy(undefined), [`--from=${firstSeed}`, "--seeds=100"]);
      expect(failures.map(({ report }) => report)).toEqual([]);
      expect(passed).toBe(100);
    },
    timeoutMs,
  );
});
