import { campaignSchema } from "@tidings/contract/campaigns";
import type { Api } from "./api.ts";
import { until } from "./until.ts";

const lookEveryMs = 200;

/** Waits until campaigns are through: all recipients taken in, and all messages settled. */
export async function untilCampaignsDone(api: Api, campaigns: readonly string[], timeoutMs: number): Promise<void> {
  const isDone = async (id: string): Promise<boolean> =>
    campaignSchema.parse((await api.call("GET", `/v1/campaigns/${id}`)).json).state === "done";
  const all = async (): Promise<boolean> => (await Promise.all(campaigns.map(isDone))).every(Boolean);
  await until("the campaigns are done", all, timeoutMs, lookEveryMs);
}
