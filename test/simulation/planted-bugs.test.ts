import { afterAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
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

/** So many of them are planted, others each time; all where it is left out. */
const bugsMax = Number(process.env.TIDINGS_TEST_BUGS ?? plantedBugs.length);
const seed = Number(process.env.TIDINGS_TEST_SEED ?? Date.now() % 2 ** 31);
const random = new SeededRandom(seed);
const planted = plantedBugs
  .map((bug) => ({ bug, place: random.number() }))
  .sort((one, other) => one.place - other.place)
  .slice(0, bugsMax)
  .map(({ bug }) => bug);

describe(`the simulation (TIDINGS_TEST_SEED=${seed})`, () => {
  // As many side by side as there are cores for: each works in a process of its own.
  it.concurrent.each(planted.map((bug) => [bug.name, bug] as const))(
    `finds within ${seedsMax} seeds: %s`,
    async (_, bug) => {
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

  it.concurrent(
    "passes the same seeds where there is no bug",
    async () => {
      const { failures, passed } = await runWorker(copy(undefined), [`--from=${firstSeed}`, "--seeds=100"]);
      expect(failures.map(({ report }) => report)).toEqual([]);
      expect(passed).toBe(100);
    },
    timeoutMs,
  );
});
