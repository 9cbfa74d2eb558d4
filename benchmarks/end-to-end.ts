import { parseArgs } from "node:util";
import { cpuMicroseconds, residentMib } from "../test/harness/cpu.ts";
import { journalled, median, type Quantiles, quantiles, runLoad, taken } from "./measures.ts";
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
  },
});

interface Scenario {
  name: string;
  batch: number;
  maxBatch: number;
  connections: number;
  /** Requests per second; 0 for a closed loop. */
  rate: number;
  events: number;
}

const events = Number(values.events);
const scenarios: Scenario[] = [
  { name: "1 in, 1 out", batch: 1, maxBatch: 1, connections: 128, rate: 0, events },
  { name: "100 in, 1 out", batch: 100, maxBatch: 1, connections: 4, rate: 0, events },
  { name: "100 in, 500 out", batch: 100, maxBatch: 500, connections: 4, rate: 0, events: events * 2 },
  { name: "open 1,000/s", batch: 1, maxBatch: 1, connections: 64, rate: 1000, events: Math.min(events, 20_000) },
];

interface Figures {
  perSecond: number;
  cpuMicroseconds: number;
  accept: Quantiles;
  toProvider: Quantiles;
  residentMib: number;
}

async function measure(scenario: Scenario): Promise<Figures> {
  const world = await createWorld({ maxBatch: scenario.maxBatch });
  try {
    await runLoad(world.server.url, {
      requests: Math.ceil(5000 / scenario.batch),
      connections: scenario.connections,
      batch: scenario.batch,
      event: "transactional",
    });
    const warm = await taken(world.provider, Math.ceil(5000 / scenario.batch) * scenario.batch);
    const cpu = cpuMicroseconds(world.server.pid);
    const requests = Math.ceil(scenario.events / scenario.batch);
    const total = requests * scenario.batch;
    const load = runLoad(world.server.url, {
      requests,
      connections: scenario.connections,
      batch: scenario.batch,
      rate: scenario.rate,
      event: "transactional",
    });
    await taken(world.provider, warm + total);
    const used = cpuMicroseconds(world.server.pid) - cpu;
    const memory = residentMib(world.server.pid);
    const { p50, p99, p999 } = await load;
    const { latencies, perSecond } = await journalled(world.journal, warm);
    return {
      perSecond,
      cpuMicroseconds: used / total,
      accept: { p50, p99, p999 },
      toProvider: quantiles(latencies),
      residentMib: memory,
    };
  } finally {
    await world.close();
  }
}

const row = (cells: (string | number)[]): string =>
  cells.map((cell, index) => (index === 0 ? String(cell).padEnd(17) : String(cell).padStart(11))).join("");
const ms = (value: number): string => value.toFixed(1);

process.stdout.write(
  `${row(["scenario", "per second", "CPU µs", "accept p50", "p99", "p99.9", "→prov. p50", "p99", "p99.9", "RSS MiB"])}\n`,
);
for (const scenario of scenarios) {
  if (values.only !== undefined && !scenario.name.includes(values.only)) continue;
  const runs: Figures[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) runs.push(await measure(scenario));
  const of = (pick: (figures: Figures) => number): number => median(runs.map(pick));
  process.stdout.write(
    `${row([
      scenario.name,
      Math.round(of((f) => f.perSecond)),
      of((f) => f.cpuMicroseconds).toFixed(1),
      ...[of((f) => f.accept.p50), of((f) => f.accept.p99), of((f) => f.accept.p999)].map(ms),
      ...[of((f) => f.toProvider.p50), of((f) => f.toProvider.p99), of((f) => f.toProvider.p999)].map(ms),
      Math.round(of((f) => f.residentMib)),
    ])}\n`,
  );
}
