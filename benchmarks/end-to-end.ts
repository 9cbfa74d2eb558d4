import { parseArgs } from "node:util";
import { measureBare } from "./bare.ts";
import { type Figures, measureLoad, type Scenario } from "./measure-load.ts";
import { median } from "./measures.ts";
import { createWorld } from "./world.ts";

/*
 * End to end: HTTP in, one call out to a fake provider that journals, load generator and provider in processes of their
 * own, everything on this machine. A notification counts when it is in the provider's journal. CPU is the product's
 * process alone, all its threads.
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "60000" },
    runs: { type: "string", default: "3" },
    only: { type: "string" },
    /** Measures the bare pipeline too, run by run in between. */
    bare: { type: "boolean", default: false },
  },
});

const events = Number(values.events);
const scenarios: Scenario[] = [
  { name: "1 in, 1 out", batch: 1, maxBatch: 1, connections: 128, rate: 0, events },
  { name: "100 in, 1 out", batch: 100, maxBatch: 1, connections: 4, rate: 0, events },
  { name: "100 in, 500 out", batch: 100, maxBatch: 500, connections: 4, rate: 0, events: events * 2 },
  { name: "open 1,000/s", batch: 1, maxBatch: 1, connections: 64, rate: 1000, events: Math.min(events, 20_000) },
];

async function measureProduct(scenario: Scenario): Promise<Figures> {
  const world = await createWorld({ maxBatch: scenario.maxBatch });
  try {
    return await measureLoad(scenario, { ...world, url: world.server.url, pid: world.server.pid });
  } finally {
    await world.close();
  }
}

const row = (cells: (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(17) : String(cell).padStart(11))).join("");
const ms = (value: number): string => value.toFixed(1);

function line(name: string, runs: readonly Figures[]): string {
  const of = (pick: (figures: Figures) => number): number => median(runs.map(pick));
  return row([
    name,
    Math.round(of((f) => f.perSecond)),
    of((f) => f.cpuMicroseconds).toFixed(1),
    ...[of((f) => f.accept.p50), of((f) => f.accept.p99), of((f) => f.accept.p999)].map(ms),
    ...[of((f) => f.toProvider.p50), of((f) => f.toProvider.p99), of((f) => f.toProvider.p999)].map(ms),
    Math.round(of((f) => f.residentMib)),
  ]);
}

process.stdout.write(
  `${row(["scenario", "per second", "CPU µs", "accept p50", "p99", "p99.9", "→prov. p50", "p99", "p99.9", "RSS MiB"])}\n`,
);
for (const scenario of scenarios) {
  if (values.only !== undefined && !scenario.name.includes(values.only)) continue;
  const runs: Figures[] = [];
  const bare: Figures[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    if (values.bare) bare.push(await measureBare(scenario));
    runs.push(await measureProduct(scenario));
  }
  process.stdout.write(`${line(scenario.name, runs)}\n`);
  if (bare.length > 0) process.stdout.write(`${line("  bare", bare)}\n`);
}
