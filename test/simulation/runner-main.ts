import { parseArgs } from "node:util";
import type { WorkerLine } from "./lines.ts";
import { report, runSeeds } from "./runner.ts";

/*
 * One worker: runs its share of the seeds and writes what happens as lines of JSON. `scripts/simulation.mjs` and the
 * tests start it, as a process of its own.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    from: { type: "string", default: "1" },
    stride: { type: "string", default: "1" },
    "stop-at-failure": { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});

function write(line: WorkerLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const totals = await runSeeds({
  from: Number(values.from),
  count: Number(values.seeds),
  stride: Number(values.stride),
  stopAtFailure: values["stop-at-failure"],
  onProgress: (sums) => write({ kind: "progress", totals: sums }),
  onFailure: (result) =>
    write({
      kind: "failure",
      seed: result.seed,
      invariants: [...new Set(result.violations.map(({ invariant }) => invariant))],
      report: report(result),
    }),
  onResult: (result) => {
    if (values.trace) write({ kind: "trace", trace: result.trace });
  },
});
write({ kind: "done", totals });
