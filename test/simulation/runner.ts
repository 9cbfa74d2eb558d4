import type { Base } from "./base.ts";
import { prepareBase } from "./base.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

export interface Totals {
  passed: number;
  failed: number;
  messages: number;
  calls: number;
  crashes: number;
}

export interface RunOptions {
  from: number;
  count: number;
  /** Every so many seeds of the range; the others are another worker's. */
  stride: number;
  stopAtFailure: boolean;
  onFailure: (result: SeedResult) => void;
  onProgress: (totals: Totals) => void;
  onResult?: (result: SeedResult) => void;
}

const progressEvery = 100;

/** Runs the seeds `from`, `from + stride` … of a range of `count`. */
export async function runSeeds(options: RunOptions): Promise<Totals> {
  const base = await prepareBase();
  const totals: Totals = { passed: 0, failed: 0, messages: 0, calls: 0, crashes: 0 };
  try {
    for (let at = 0; at < options.count; at += options.stride) {
      await runOne(base, options.from + at, totals, options);
      if (options.stopAtFailure && totals.failed > 0) break;
      if ((totals.passed + totals.failed) % progressEvery === 0) options.onProgress(totals);
    }
  } finally {
    base.close();
  }
  return totals;
}

async function runOne(base: Base, seed: number, totals: Totals, options: RunOptions): Promise<void> {
  const result = await runSeed(base, seed);
  options.onResult?.(result);
  totals.messages += result.messages;
  totals.calls += result.calls;
  totals.crashes += result.crashes;
  if (result.violations.length === 0) totals.passed += 1;
  else {
    totals.failed += 1;
    options.onFailure(result);
  }
}

/** What a person needs to know of a seed that failed: what broke, and how to see it again. */
export function report({ seed, violations }: SeedResult): string {
  const lines = violations.slice(0, 5).map(({ invariant, detail }) => `  ${invariant}: ${detail}`);
  return [`seed ${seed} failed`, ...lines, `  replay it: ${replayCommand(seed)}`].join("\n");
}

export function replayCommand(seed: number): string {
  return `npm run simulation -- --replay ${seed}`;
}
