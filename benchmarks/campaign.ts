import { parseArgs } from "node:util";
import { cpuMicroseconds, residentMib } from "../test/harness/cpu.ts";
import { fillTopic } from "../test/harness/fill-topic.ts";
import { capMax, decideByPolicy } from "./decide-by-policy.ts";
import { journalled, median, taken } from "./measures.ts";
import { createWorld } from "./world.ts";

/*
 * Mail to many through a provider that takes 500 a call, with all of policy for everybody: campaigns to a topic, one after
 * the other on one server. A message counts when it is in the provider's journal; CPU is the product's process, all its
 * threads. The bar is 12,000/s on two cores, which the provider uses too.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    recipients: { type: "string", default: "20000" },
    /** Campaigns of a run. */
    campaigns: { type: "string", default: "3" },
    batch: { type: "string", default: "500" },
  },
});
const [runs, recipients, campaigns] = [Number(values.runs), Number(values.recipients), Number(values.campaigns)];
const perSecondMin = 12_000;
// One campaign goes before, as warming-up.
if (runs * campaigns + 1 > capMax) throw new Error("so many campaigns exceed the cap");

/*
 * As many places as the calls of an integration need that takes so many messages each: what finds none waits in its queue, at
 * the price of a write more.
 */
const calls = 8;
const maxInFlight = Number(values.batch) * calls;
const settings = { TIDINGS_MAX_IN_FLIGHT: String(Math.ceil(maxInFlight * 1.25)) };
const world = await createWorld({ maxBatch: Number(values.batch), maxInFlight, settings, recipients });
let sent = 0;

async function send(count: number): Promise<{ perSecond: number; cpuMicroseconds: number }> {
  const cpu = cpuMicroseconds(world.server.pid);
  for (let each = 0; each < count; each += 1) {
    const body = { name: "To everybody", event: "marketing", recipients: [{ topic: "everybody" }] };
    const { status } = await world.api.call("POST", "/v1/campaigns", body);
    if (status !== 202) throw new Error(`a campaign got ${status}`);
  }
  const before = sent;
  sent = await taken(world.provider, before + count * recipients);
  const used = cpuMicroseconds(world.server.pid) - cpu;
  const { perSecond } = await journalled(world.journal, before);
  return { perSecond, cpuMicroseconds: used / (sent - before) };
}

try {
  await decideByPolicy(world.api, "marketing", recipients);
  await fillTopic(world.api, "everybody", recipients, (index) => ({ id: `r${index}` }));
  await send(1);
  const figures: Awaited<ReturnType<typeof send>>[] = [];
  for (let run = 0; run < runs; run += 1) {
    const one = await send(campaigns);
    figures.push(one);
    process.stderr.write(
      `run ${run + 1}: ${Math.round(one.perSecond)}/s at ${one.cpuMicroseconds.toFixed(1)} µs CPU\n`,
    );
  }
  const perSecond = median(figures.map((each) => each.perSecond));
  const cpu = median(figures.map((each) => each.cpuMicroseconds));
  const holds = perSecond >= perSecondMin;
  process.stdout.write(
    `${holds ? "ok  " : "FAIL"} ${campaigns} × ${recipients} mails, ${values.batch} a call: ${Math.round(perSecond)}/s (at least ${perSecondMin}) ` +
      `at ${cpu.toFixed(1)} µs CPU, ${Math.round(residentMib(world.server.pid))} MiB\n`,
  );
  process.exitCode = holds ? 0 : 1;
} finally {
  await world.close();
}
