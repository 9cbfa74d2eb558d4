import { parseArgs } from "node:util";
import { capMax, decideByPolicy } from "./decide-by-policy.ts";
import { type Figures, measureLoad, type Scenario } from "./measure-load.ts";
import { median } from "./measures.ts";
import { createWorld } from "./world.ts";

/*
 * What policy costs: the same load with nothing to decide by, and with preferences and consents of every recipient, defaults
 * of category and environment, quiet hours, a send window and a cap that all hold and let everything pass. Runs alternate,
 * each on a fresh server. A decision is recorded in both: it cannot be switched off.
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "40000" },
    runs: { type: "string", default: "5" },
    recipients: { type: "string", default: "10000" },
    only: { type: "string", default: "" },
  },
});
const events = Number(values.events);
const recipients = Number(values.recipients);
const throughputMin = 0.8;
const cpuMax = 1.25;
// The warming-up sends 5,000.
if ((events * 2 + 5000) / recipients > capMax) throw new Error("so many events for so few recipients exceed the cap");

const scenarios: Scenario[] = [
  { name: "1 in, 1 out", batch: 1, maxBatch: 1, connections: 128, rate: 0, events, recipients },
  { name: "100 in, 1 out", batch: 100, maxBatch: 1, connections: 4, rate: 0, events, recipients },
  { name: "100 in, 500 out", batch: 100, maxBatch: 500, connections: 4, rate: 0, events: events * 2, recipients },
];

async function measure(scenario: Scenario, policed: boolean): Promise<Figures> {
  const world = await createWorld({ maxBatch: scenario.maxBatch, recipients });
  try {
    if (policed) await decideByPolicy(world.api, "transactional", recipients);
    return await measureLoad(scenario, { ...world, url: world.server.url, pid: world.server.pid });
  } finally {
    await world.close();
  }
}

let faults = 0;
for (const scenario of scenarios) {
  if (!scenario.name.includes(values.only)) continue;
  const without: Figures[] = [];
  const policed: Figures[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    without.push(await measure(scenario, false));
    policed.push(await measure(scenario, true));
  }
  const of = (runs: readonly Figures[], pick: (figures: Figures) => number): number => median(runs.map(pick));
  const rate = of(policed, (f) => f.perSecond) / of(without, (f) => f.perSecond);
  const cpu = of(policed, (f) => f.cpuMicroseconds) / of(without, (f) => f.cpuMicroseconds);
  const holds = rate >= throughputMin && cpu <= cpuMax;
  if (!holds) faults += 1;
  const line = (runs: readonly Figures[]): string =>
    `${Math.round(of(runs, (f) => f.perSecond))}/s at ${of(runs, (f) => f.cpuMicroseconds).toFixed(1)} µs CPU`;
  process.stdout.write(
    `${holds ? "ok  " : "FAIL"} ${scenario.name.padEnd(16)} without ${line(without)}, with ${line(policed)}: ` +
      `${(rate * 100).toFixed(0)} % of the rate (at least 80), ${(cpu * 100).toFixed(0)} % of the CPU (at most 125)\n`,
  );
}
process.exitCode = faults === 0 ? 0 : 1;
