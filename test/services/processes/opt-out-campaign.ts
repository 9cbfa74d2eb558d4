import { expect, test } from "vitest";
import { untilCampaignsDone } from "../../harness/campaigns-done.ts";
import { judgeOptOuts } from "../../harness/opt-outs/held-back.ts";
import {
  campaignRecipients,
  campaignTimeoutMs,
  providerLatencyMs,
  providerLimits,
  sayAll,
  untilMidCampaign,
} from "../../harness/opt-outs/mid-campaign.ts";
import { pause } from "../../harness/pause.ts";
import type { Engine } from "./engines.ts";
import { inWorld } from "./world.ts";

const heartbeatMs = 300;
const stops = [
  { name: "for longer than its lease", leaseMs: 2000, stoppedMs: 5000 },
  { name: "for less than its lease", leaseMs: 30_000, stoppedMs: 4000 },
] as const;

/** An opt-out reaches what a process had read before it stood still: it is asked for in the statement that starts an attempt. */
export function optOutCampaignSuite(engine: () => Engine): void {
  test.each(stops)(
    "who says no in the middle of a campaign gets nothing that begins a second later, with a process stopped $name",
    async ({ name, leaseMs, stoppedMs }) => {
      const options = {
        roles: [["api", "orchestrate"], ["api", "deliver"], ["deliver"]],
        settings: {
          TIDINGS_WORKER_LEASE_MS: String(leaseMs),
          TIDINGS_WORKER_HEARTBEAT_MS: String(heartbeatMs),
          TIDINGS_PUBLIC_URL: "https://news.example",
        },
        faults: { latencyMs: { min: providerLatencyMs, max: providerLatencyMs } },
        limits: providerLimits,
      } as const;
      await inWorld(engine(), options, async ({ api, cluster, journal, provider }) => {
        const campaign = await untilMidCampaign(api, provider, cluster.anyUrl);
        const stopped = cluster.with("deliver")[1];
        if (stopped === undefined) throw new Error("nobody delivers");
        stopped.signal("SIGSTOP");
        const stoppedAt = Date.now();
        const optOuts = await sayAll(campaign);
        await pause(Math.max(0, stoppedAt + stoppedMs - Date.now()));
        stopped.signal("SIGCONT");
        await untilCampaignsDone(api, campaign.campaigns, campaignTimeoutMs);
        const { late, takenTwice, ...figures } = await judgeOptOuts(api, campaign.campaigns, optOuts, journal);
        const told = { recipients: campaignRecipients, optOuts: optOuts.length, ...figures };
        process.stdout.write(`opt-outs, a process stopped ${name}: ${JSON.stringify(told)}\n`);
        expect({ late, takenTwice }).toEqual({ late: [], takenTwice: [] });
        expect(figures.states["suppressed"]).toBeGreaterThan(0);
      });
    },
    campaignTimeoutMs * 2,
  );
}
