import type { CampaignView } from "@tidings/client";
import type { Api } from "./api.ts";
import { pause } from "./pause.ts";
import { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

const lookMs = 1000;

/** Follows a campaign until nothing of it is under way. The bar is of messages; while nobody knows how many there will be it counts. */
export async function followCampaign(
  api: Api,
  id: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<CampaignView> {
  const bar = new Progress(terminal, "messages done");
  try {
    for (;;) {
      const campaign = await api.campaigns.get(id, { signal });
      const { progress } = campaign;
      if (progress !== undefined) bar.to(progress.done, expected(progress));
      if (!["scheduled", "running", "sending"].includes(campaign.state)) return campaign;
      await pause(lookMs, signal);
    }
  } finally {
    bar.end();
  }
}

function expected({ total, looked, messages }: NonNullable<CampaignView["progress"]>): number | undefined {
  if (total === undefined || looked === 0) return undefined;
  return Math.max(messages, Math.round((messages * total) / looked));
}
