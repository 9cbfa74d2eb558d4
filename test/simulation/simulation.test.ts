import { expect, it } from "vitest";
import { prepareBase } from "./base.ts";
import { runSeed } from "./run-seed.ts";
import { root, runWorker } from "./worker.ts";

/*
 * TIDINGS_TEST_SEEDS=N runs so many seeds; TIDINGS_TEST_SEED=S begins at S, and without a number of seeds runs that one
 * alone. Any number of them: `npm run simulation -- --seeds N --from S`.
 */
const given = process.env.TIDINGS_TEST_SEED;
const seedsDefault = given === undefined ? 200 : 1;
const from = whole("TIDINGS_TEST_SEED", given, 1);
const seeds = whole("TIDINGS_TEST_SEEDS", process.env.TIDINGS_TEST_SEEDS, seedsDefault);
const workers = Math.min(2, seeds);
const msPerSeedMax = 300;
const traceShownMax = 80;

function whole(name: string, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number above 0`);
  return value;
}

it(
  `holds every guarantee in ${seeds} simulated worlds from seed ${from}`,
  async () => {
    console.log(`simulation: ${seeds} seeds from ${from}`);
    const results = await Promise.all(
      Array.from({ length: workers }, (_, index) =>
        runWorker(root, [`--from=${from + index}`, `--seeds=${seeds - index}`, `--stride=${workers}`]),
      ),
    );
    const failures = results.flatMap((result) => result.failures).sort((a, b) => a.seed - b.seed);
    const [first] = failures;
    const trace = first === undefined ? [] : (await runWorker(root, [`--from=${first.seed}`, "--trace"])).trace;
    const told = failures.slice(0, 10).map(({ report }) => report);
    expect(failures.length, [...told, ...trace.slice(-traceShownMax)].join("\n")).toBe(0);
    expect(results.reduce((sum, { passed }) => sum + passed, 0)).toBe(seeds);
  },
  60_000 + seeds * msPerSeedMax,
);

it("repeats a seed exactly, whatever ran before it", async () => {
  const [one, other] = [await prepareBase(), await prepareBase()];
  const alone = await runSeed(one, from);
  await runSeed(other, from + 1);
  const again = await runSeed(other, from);
  expect(again.trace).toEqual(alone.trace);
  expect(alone.trace.length).toBeGreaterThan(100);
  one.close();
  other.close();
});
