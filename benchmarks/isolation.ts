import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Api } from "../test/harness/api.ts";
import { stopChild } from "../test/harness/child.ts";
import { startFakeProvider } from "../test/harness/fake-provider-process.ts";
import { startServerProcess } from "../test/harness/server-process.ts";
import { journalled, median, quantiles, runLoad, taken } from "./measures.ts";
import { createWorld } from "./world.ts";

/*
 * Isolation: what one part of the traffic suffers from another's trouble. Runs with and without the trouble alternate,
 * so that what the machine does besides falls on both.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    recipients: { type: "string", default: "100000" },
    seconds: { type: "string", default: "10" },
    only: { type: "string", default: "" },
  },
});
const runs = Number(values.runs);
const recipients = Number(values.recipients);
const seconds = Number(values.seconds);
const ratePerSecond = 200;
let faults = 0;

function report(name: string, figures: string, holds: boolean): void {
  if (!holds) faults += 1;
  process.stdout.write(`${holds ? "ok  " : "FAIL"} ${name.padEnd(52)} ${figures}\n`);
}

/** Two integrations of one lane, or two webhook hosts of one integration; the first answers or is a black hole. */
async function neighbours(kind: "integrations" | "hosts", blackholed: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-isolation-"));
  const journal = join(folder, "good.jsonl");
  const [bad, good] = await Promise.all([
    startFakeProvider(blackholed ? ["--blackhole"] : []),
    startFakeProvider(["--journal", journal]),
  ]);
  const server = await startServerProcess(join(folder, "data"));
  const api = new Api(server.url);
  const template = {
    sms: { text: "Order {{data.order}}" },
    email: { subject: "Order {{data.order}}", text: "Order" },
    webhook: {},
  };
  await api.put("/v1/categories/orders", { class: "transactional" });
  await api.put("/v1/templates/order", template);
  const step = (channel: string) => ({
    category: "orders",
    steps: [{ id: "send", type: "channel", channel, template: "order" }],
  });
  const limits = { timeoutMs: 5_000 };
  const simulator = (channel: string, baseUrl: string) => ({
    channel,
    provider: "simulator",
    settings: { baseUrl },
    secrets: { feedbackSecret: "0123456789-0123456789-0123456789" },
    limits,
  });
  if (kind === "integrations") {
    await api.put("/v1/integrations/bad", simulator("email", bad.url));
    await api.put("/v1/integrations/good", simulator("sms", good.url));
    for (let index = 0; index < 100; index += 1)
      await api.put(`/v1/recipients/r${index}`, { email: `p${index}@example.com`, phone: `+43660${1000000 + index}` });
  } else {
    await api.put("/v1/integrations/hooks", {
      channel: "webhook",
      provider: "webhook",
      secrets: { secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` },
      limits,
    });
    for (let index = 0; index < 100; index += 1)
      await api.put(`/v1/recipients/r${index}`, { webhook: `${good.url}/hook` });
    for (let index = 0; index < 100; index += 1)
      await api.put(`/v1/recipients/b${index}`, { webhook: `${bad.url}/hook` });
  }
  await api.put("/v1/workflows/to-bad", step(kind === "integrations" ? "email" : "webhook"));
  await api.put("/v1/workflows/to-good", step(kind === "integrations" ? "sms" : "webhook"));
  await runLoad(server.url, { requests: 1000, connections: 16, event: "to-good", recipients: 100 });
  const before = await taken(good, 1000);
  const requests = ratePerSecond * seconds;
  const noise = runLoad(server.url, {
    requests,
    connections: 16,
    rate: ratePerSecond,
    event: "to-bad",
    recipients: 100,
    prefix: kind === "hosts" ? "b" : "r",
  });
  await runLoad(server.url, { requests, connections: 16, rate: ratePerSecond, event: "to-good", recipients: 100 });
  await noise;
  await taken(good, before + requests);
  const { latencies } = await journalled(journal, before);
  await api.close();
  await stopChild(server, "SIGKILL");
  await Promise.all([stopChild(bad), stopChild(good)]);
  rmSync(folder, { recursive: true, force: true });
  return quantiles(latencies).p99;
}

async function compareNeighbours(kind: "integrations" | "hosts"): Promise<void> {
  const calm: number[] = [];
  const troubled: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    calm.push(await neighbours(kind, false));
    troubled.push(await neighbours(kind, true));
  }
  const figures = `p99 ${median(calm).toFixed(1)} ms, beside a black hole ${median(troubled).toFixed(1)} ms (at most +15)`;
  report(`two ${kind} in one lane`, figures, median(troubled) <= median(calm) + 15);
}

interface Campaign {
  perSecond: number;
  criticalP99: number;
}

/** A server with all recipients, and a provider of its own for what is critical. */
async function campaignWorld() {
  const world = await createWorld({ maxBatch: 500, recipients });
  const urgent = await startFakeProvider(["--journal", `${world.journal}.critical`]);
  await world.api.put("/v1/integrations/urgent", {
    channel: "email",
    provider: "simulator",
    lanes: ["critical"],
    priority: 1,
    settings: { baseUrl: urgent.url },
    secrets: { feedbackSecret: "secret-of-the-fake-provider-0123456789" },
  });
  await runLoad(world.server.url, { requests: 2000, connections: 16, event: "critical", recipients: 1000 });
  await taken(urgent, 2000);
  return { ...world, urgent, marketing: 0, critical: 2000 };
}

/** A marketing campaign in calls of 1,000 recipients, alone or with critical events beside it. */
async function campaign(world: Awaited<ReturnType<typeof campaignWorld>>, critical: boolean): Promise<Campaign> {
  const { marketing, critical: earlier, urgent } = world;
  const calls = Math.ceil(recipients / 1000);
  const beside = critical
    ? runLoad(world.server.url, { requests: 1000, connections: 8, rate: 100, event: "critical", recipients: 1000 })
    : undefined;
  await runLoad(world.server.url, { requests: calls, connections: 4, event: "marketing", recipients, wide: 1000 });
  await taken(world.provider, marketing + calls * 1000);
  await beside;
  if (critical) await taken(urgent, earlier + 1000);
  const { perSecond } = await journalled(world.journal, marketing);
  const { latencies } = await journalled(`${world.journal}.critical`, earlier);
  world.marketing += calls * 1000;
  world.critical += critical ? 1000 : 0;
  return { perSecond, criticalP99: quantiles(latencies).p99 };
}

async function compareCampaigns(): Promise<void> {
  const alone: Campaign[] = [];
  const beside: Campaign[] = [];
  const world = await campaignWorld();
  try {
    for (let run = 0; run < runs; run += 1) {
      alone.push(await campaign(world, false));
      beside.push(await campaign(world, true));
    }
  } finally {
    await stopChild(world.urgent);
    await world.close();
  }
  const rate = median(beside.map((run) => run.perSecond)) / median(alone.map((run) => run.perSecond));
  const p99 = median(beside.map((run) => run.criticalP99));
  const figures = `critical p99 ${p99.toFixed(1)} ms (at most 250), marketing at ${(rate * 100).toFixed(0)} % of its own ${Math.round(median(alone.map((run) => run.perSecond)))}/s (at least 80)`;
  report(`critical behind ${recipients} marketing recipients`, figures, p99 <= 250 && rate >= 0.8);
}

if ("integrations".includes(values.only)) await compareNeighbours("integrations");
if ("hosts".includes(values.only)) await compareNeighbours("hosts");
if ("campaign".includes(values.only)) await compareCampaigns();
process.exitCode = faults === 0 ? 0 : 1;
