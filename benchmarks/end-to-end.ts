import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { timeOfId } from "../packages/server/src/lib/ids.ts";
import { startChild } from "../test/harness/child.ts";
import { cpuMicroseconds, residentMib } from "../test/harness/cpu.ts";
import { statsOf } from "../test/harness/fake-provider-process.ts";
import { readJournal } from "../test/harness/journal.ts";
import { createWorld, type World } from "./world.ts";

/*
 * End to end: HTTP in, one call out to a fake provider that journals, load generator and provider in processes of their
 * own, everything on this machine. A notification counts when it is in the provider's journal. CPU is the product's
 * process alone, all its threads.
 */
const { values } = parseArgs({ options: { events: { type: "string", default: "60000" }, runs: { type: "string", default: "3" }, only: { type: "string" } } });
const loadMain = fileURLToPath(new URL("./load-main.ts", import.meta.url));
const resultSchema = z.object({ tookMs: z.number(), statuses: z.record(z.string(), z.number()), p50: z.number(), p99: z.number(), p999: z.number() });

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
  accept: { p50: number; p99: number; p999: number };
  toProvider: { p50: number; p99: number; p999: number };
  residentMib: number;
}

async function runLoad(url: string, args: Record<string, string | number>): Promise<z.infer<typeof resultSchema>> {
  const list = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = await startChild([process.execPath, "--import", "tsx", "--conditions=source", loadMain, "--url", url, ...list], {}, (line) =>
    line.startsWith("{") ? resultSchema.parse(JSON.parse(line)) : undefined,
  );
  return child.ready;
}

async function measure(scenario: Scenario): Promise<Figures> {
  const world = await createWorld({ maxBatch: scenario.maxBatch });
  try {
    await runLoad(world.server.url, { requests: Math.ceil(5000 / scenario.batch), connections: scenario.connections, batch: scenario.batch, event: "transactional" });
    const warm = await delivered(world, Math.ceil(5000 / scenario.batch) * scenario.batch);
    const cpu = cpuMicroseconds(world.server.pid);
    const requests = Math.ceil(scenario.events / scenario.batch);
    const total = requests * scenario.batch;
    const load = runLoad(world.server.url, { requests, connections: scenario.connections, batch: scenario.batch, rate: scenario.rate, event: "transactional" });
    await delivered(world, warm + total);
    const used = cpuMicroseconds(world.server.pid) - cpu;
    const memory = residentMib(world.server.pid);
    const { p50, p99, p999, statuses } = await load;
    if (Object.keys(statuses).join() !== "202") throw new Error(`not every answer was 202: ${JSON.stringify(statuses)}`);
    const { latencies, perSecond } = await fromJournal(world, warm);
    return { perSecond, cpuMicroseconds: used / total, accept: { p50, p99, p999 }, toProvider: quantiles(latencies), residentMib: memory };
  } finally {
    await world.close();
  }
}

/** Waits until the provider has taken so many; fails where nothing moves for 30 s. */
async function delivered(world: World, count: number): Promise<number> {
  let last = -1;
  let movedAt = performance.now();
  for (;;) {
    const taken = Number((await statsOf(world.provider)).messages);
    if (taken >= count) return taken;
    if (taken !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > 30_000) throw new Error(`stuck at ${taken} of ${count}`);
    last = taken;
    await new Promise<void>((resolve) => void setTimeout(resolve, 20));
  }
}

/** An id begins with the time of its event's receipt, so the journal alone gives latencies (to 1 ms). */
async function fromJournal(world: World, skip: number): Promise<{ latencies: number[]; perSecond: number }> {
  const latencies: number[] = [];
  let index = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  await readJournal(world.journal, ({ id, at }) => {
    index += 1;
    if (index <= skip) return;
    const received = timeOfId(id);
    first = Math.min(first, received);
    last = Math.max(last, at);
    latencies.push(at - received);
  });
  return { latencies, perSecond: (latencies.length * 1000) / (last - first) };
}

function quantiles(list: number[]): { p50: number; p99: number; p999: number } {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

const row = (cells: (string | number)[]): string => cells.map((cell, index) => (index === 0 ? String(cell).padEnd(17) : String(cell).padStart(11))).join("");
const ms = (value: number): string => value.toFixed(1);

process.stdout.write(`${row(["scenario", "per second", "CPU µs", "accept p50", "p99", "p99.9", "→prov. p50", "p99", "p99.9", "RSS MiB"])}\n`);
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
