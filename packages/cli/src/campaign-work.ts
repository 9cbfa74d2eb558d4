import type { CampaignView } from "@tidings/client";
import { campaignLines } from "./campaign-lines.ts";
import type { Work } from "./work.ts";

/** The bar is of messages; while nobody knows how many there will be it counts. */
export const campaignWork: Work<CampaignView> = {
  noun: "campaign",
  path: "/v1/campaigns",
  counts: "messages done",
  columns: ["ID", "STATE", "SINCE", "EVENT", "NAME"],
  calls: (api) => api.campaigns,
  row: ({ id, state, createdAt, event, name }) => [id, state, createdAt, event, name],
  lines: campaignLines,
  measure: ({ progress }) => (progress === undefined ? undefined : { done: progress.done, total: expected(progress) }),
  isUnderWay: ({ state }) => state === "scheduled" || state === "running" || state === "paused" || state === "sending",
  canceledText: ({ messages, runs }) => `${messages} messages and ${runs} runs canceled`,
};

function expected({ total, looked, messages }: NonNullable<CampaignView["progress"]>): number | undefined {
  if (total === undefined || looked === 0) return undefined;
  return Math.max(messages, Math.round((messages * total) / looked));
}
