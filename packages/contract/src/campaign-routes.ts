import { campaignBodySchema, campaignQuerySchema, campaignSchema } from "./campaigns.ts";
import { acceptedSchema, canceledSchema } from "./events.ts";
import { pageOf } from "./pages.ts";
import type { Route } from "./route.ts";

const idempotencyHeader = { "Idempotency-Key": "Makes a repeated call answer what the first one did, for 24 hours" };

// biome-ignore format: one route per line is what lets this be read as a table
export const campaignRoutes: readonly Route[] = [
  { method: "POST", path: "/v1/campaigns", operation: "startCampaign", summary: "Send an event to many, now or later, and keep its progress", tag: "campaigns", body: campaignBodySchema, headers: idempotencyHeader, status: 202, response: acceptedSchema },
  { method: "GET", path: "/v1/campaigns", operation: "listCampaigns", summary: "List the campaigns, newest first", tag: "campaigns", query: campaignQuerySchema, status: 200, response: pageOf(campaignSchema) },
  { method: "GET", path: "/v1/campaigns/{id}", operation: "getCampaign", summary: "A campaign with its progress", tag: "campaigns", status: 200, response: campaignSchema },
  { method: "POST", path: "/v1/campaigns/{id}/cancel", operation: "cancelCampaign", summary: "Stop what has not gone out of a campaign", tag: "campaigns", status: 200, response: canceledSchema },
  { method: "POST", path: "/v1/campaigns/{id}/pause", operation: "pauseCampaign", summary: "Take nobody in any more until a campaign is resumed", tag: "campaigns", status: 200, response: campaignSchema },
  { method: "POST", path: "/v1/campaigns/{id}/resume", operation: "resumeCampaign", summary: "Let a campaign go on where it was paused", tag: "campaigns", status: 200, response: campaignSchema },
];
