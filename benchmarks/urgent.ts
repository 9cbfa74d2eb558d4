import { parseArgs } from "node:util";
import { timeOfId } from "../packages/server/src/lib/ids.ts";
import { stopChild } from "../test/harness/child.ts";
import { cpuMicroseconds } from "../test/harness/cpu.ts";
import { startFakeProvider } from "../test/harness/fake-provider-process.ts";
import { fillTopic } from "../test/harness/fill-topic.ts";
import { readJournal } from "../test/harness/journal.ts";
import { startPostgres } from "../test/services/servers/postgres.ts";
import { journalled, median, quantiles, runLoad, taken } from "./measures.ts";
import { createWorld } from "./world.ts";

/*
 * Password resets beside a campaign to a topic: how long they take from their receipt to their provider, and what of its own
 * rate the campaign keeps. Campaigns alone and with resets beside them alternate on one server. Only resets that were
 * taken in while the campaign went out count.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    recipients: { type: "string", default: "200000" },
    samples: { type: "string", default: "2000" },
    rate: { type: "string", default: "200" },
    batch: { type: "string", default: "500" },
    engine: { type: "string", default: "" },
  },
});
const recipients = Number(values.recipients);
const samplesMin = Number(values.samples);
const ratePerSecond = Number(values.rate);
const resets = samplesMin * 2;
const topic = "everybody";
const p99MaxMs = 250;
const rateMin = 0.8;
const warm = 2000;

interface Run {
  perSecond: number;
  /** Of the server, for each message of the campaign and each reset. */
  cpuMicroseconds: number;
  latencies: number[];
}

type World = Awaited<ReturnType<typeof urgentWorld>>;

/** A server with all subscribers, and a provider of its own for what is critical. */
async function urgentWorld(settings: Record<string, string>) {
  const world = await createWorld({ maxBatch: Number(values.batch), settings });
  const urgentJournal = `${world.journal}.urgent`;
  const urgent = await startFakeProvider(["--journal", urgentJournal]);
  await world.api.put("/v1/integrations/urgent", {
    channel: "email",
    provider: "simulator",
    lanes: ["critical"],
    priority: 1,
    settings: { baseUrl: urgent.url },
    secrets: { feedbackSecret: "secret-of-the-fake-provider-0123456789" },
  });
  await fillTopic(world.api, topic, recipients, (index) => ({ id: `m${index}`, email: `m${index}@example.com` }));
  await runLoad(world.server.url, { requests: warm, connections: 16, event: "critical", recipients: 1000 });
  await taken(urgent, warm);
  return { ...world, urgent, urgentJournal, sent: 0, reset: warm };
}

async function campaign(world: World, withResets: boolean): Promise<Run> {
  const { server, api, provider, urgent, sent, reset } = world;
  const cpu = cpuMicroseconds(server.pid);
  const body = { name: "To everybody", event: "marketing", recipients: [{ topic }] };
  const { status } = await api.call("POST", "/v1/campaigns", body);
  if (status !== 202) throw new Error(`a campaign got ${status}`);
  const load = { requests: resets, connections: 16, rate: ratePerSecond, event: "critical", recipients: 1000 };
  const beside = withResets ? runLoad(server.url, load) : undefined;
  await taken(provider, sent + recipients);
  const endedAt = Date.now();
  await beside;
  world.sent += recipients;
  if (withResets) world.reset = await taken(urgent, reset + resets);
  const used = cpuMicroseconds(server.pid) - cpu;
  const { perSecond } = await journalled(world.journal, sent);
  return {
    perSecond,
    cpuMicroseconds: used / (recipients + (withResets ? resets : 0)),
    latencies: withResets ? await latenciesUntil(endedAt, world.urgentJournal, reset) : [],
  };
}

/** Of those taken in before a moment. */
async function latenciesUntil(moment: number, journal: string, skip: number): Promise<number[]> {
  const latencies: number[] = [];
  let index = 0;
  await readJournal(journal, ({ id, at }) => {
    index += 1;
    const received = timeOfId(id);
    if (index > skip && received <= moment) latencies.push(at - received);
  });
  return latencies;
}

async function compare(engine: string, settings: Record<string, string>): Promise<boolean> {
  const alone: Run[] = [];
  const beside: Run[] = [];
  const world = await urgentWorld(settings);
  try {
    for (let run = 0; run < Number(values.runs); run += 1) {
      for (const [withResets, runs] of [
        [false, alone],
        [true, beside],
      ] as const) {
        const result = await campaign(world, withResets);
        runs.push(result);
        process.stderr.write(
          `run ${run + 1}, ${withResets ? "beside resets" : "alone"}: ${Math.round(result.perSecond)}/s, p99 of ${result.latencies.length} resets ${quantiles(result.latencies).p99} ms\n`,
        );
      }
    }
  } finally {
    await stopChild(world.urgent);
    await world.close();
  }
  const of = (runs: readonly Run[], pick: (run: Run) => number): number => median(runs.map(pick));
  const rate = of(alone, (run) => run.perSecond);
  const kept = of(beside, (run) => run.perSecond) / rate;
  const p50 = of(beside, (run) => quantiles(run.latencies).p50);
  const p99 = of(beside, (run) => quantiles(run.latencies).p99);
  const samples = Math.min(...beside.map((run) => run.latencies.length));
  const holds = p99 <= p99MaxMs && kept >= rateMin && samples >= samplesMin;
  process.stdout.write(
    `${holds ? "ok  " : "FAIL"} ${engine.padEnd(10)} resets p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (at most ${p99MaxMs}) of at least ${samples} ` +
      `(at least ${samplesMin}); campaign ${Math.round(rate)}/s at ${of(alone, (run) => run.cpuMicroseconds).toFixed(1)} µs CPU alone, ` +
      `${(kept * 100).toFixed(0)} % of it (at least 80) at ${of(beside, (run) => run.cpuMicroseconds).toFixed(1)} µs beside resets\n`,
  );
  return holds;
}

let faults = 0;
if ("sqlite".includes(values.engine)) faults += (await compare("SQLite", {})) ? 0 : 1;
if ("postgresql".includes(values.engine)) {
  const postgres = await startPostgres({ version: "15" });
  try {
    const url = await postgres.createDatabase("urgent");
    faults += (await compare("PostgreSQL", { TIDINGS_DATABASE_URL: url })) ? 0 : 1;
  } finally {
    await postgres.remove();
  }
}
process.exitCode = faults === 0 ? 0 : 1;
