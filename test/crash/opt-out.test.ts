import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Api } from "../harness/api.ts";
import { untilCampaignsDone } from "../harness/campaigns-done.ts";
import { stopChild } from "../harness/child.ts";
import { type FakeProviderProcess, startFakeProvider } from "../harness/fake-provider-process.ts";
import { type HeldBack, judgeOptOuts } from "../harness/opt-outs/held-back.ts";
import {
  campaignRecipients,
  campaignTimeoutMs,
  providerLatencyMs,
  sayAll,
  untilMidCampaign,
} from "../harness/opt-outs/mid-campaign.ts";
import { pause } from "../harness/pause.ts";
import { type ServerProcess, startServerProcess } from "../harness/server-process.ts";

/** The worker is the whole server: nothing of it runs for so long, right after the last commit. */
const stoppedMs = 5000;

const folder = mkdtempSync(join(tmpdir(), "tidings-opt-out-"));
const journal = join(folder, "journal.jsonl");
let provider: FakeProviderProcess;
let server: ServerProcess;
let judged: HeldBack;

beforeAll(async () => {
  provider = await startFakeProvider(["--journal", journal, "--latency-ms", String(providerLatencyMs)]);
  server = await startServerProcess(join(folder, "data"));
  const api = new Api(server.url, 16);
  const campaign = await untilMidCampaign(api, provider, () => server.url);
  const optOuts = await sayAll(campaign);
  server.process.kill("SIGSTOP");
  await pause(stoppedMs);
  server.process.kill("SIGCONT");
  await untilCampaignsDone(api, campaign.campaigns, campaignTimeoutMs);
  judged = await judgeOptOuts(api, campaign.campaigns, optOuts, journal);
  await api.close();
  const { late, takenTwice, ...figures } = judged;
  const told = { recipients: campaignRecipients, optOuts: optOuts.length, ...figures };
  process.stdout.write(`opt-outs, server stopped for ${stoppedMs} ms: ${JSON.stringify(told)}\n`);
}, campaignTimeoutMs * 2);

afterAll(async () => {
  await stopChild(server, "SIGKILL");
  await stopChild(provider);
  rmSync(folder, { recursive: true, force: true });
});

test("who says no in the middle of a campaign gets nothing that begins a second later, though the server stood still meanwhile", () => {
  expect(judged.late).toEqual([]);
  expect(judged.takenTwice).toEqual([]);
  expect(judged.states["suppressed"]).toBeGreaterThan(0);
});
