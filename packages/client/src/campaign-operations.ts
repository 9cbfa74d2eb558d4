import { campaignBodySchema, campaignQuerySchema, campaignSchema } from "@tidings/contract/campaigns";
import { acceptedSchema, canceledSchema } from "@tidings/contract/events";
import { pageOf } from "@tidings/contract/pages";
import { always, keyed } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** Events to many, whose progress is kept. */
// biome-ignore format: one call per line is what lets this be read as a table
export const campaignOperations = {
  start: { name: "startCampaign", method: "POST", path: "/v1/campaigns", body: campaignBodySchema, status: 202, response: acceptedSchema, ...keyed },
  list: { name: "listCampaigns", method: "GET", path: "/v1/campaigns", query: campaignQuerySchema, status: 200, response: pageOf(campaignSchema), ...always },
  get: { name: "getCampaign", method: "GET", path: "/v1/campaigns/{id}", status: 200, response: campaignSchema, ...always },
  cancel: { name: "cancelCampaign", method: "POST", path: "/v1/campaigns/{id}/cancel", status: 200, response: canceledSchema, ...always },
  pause: { name: "pauseCampaign", method: "POST", path: "/v1/campaigns/{id}/pause", status: 200, response: campaignSchema, ...always },
  resume: { name: "resumeCampaign", method: "POST", path: "/v1/campaigns/{id}/resume", status: 200, response: campaignSchema, ...always },
} as const satisfies Record<string, Operation>;
