import { spreadSchema } from "@tidings/contract/campaigns";
import { z } from "zod";

/** Whom a campaign goes to, and how it is spread, as its row keeps it. */
const documentSchema = z.object({
  topics: z.array(z.string()),
  segments: z.array(z.string()),
  named: z.number(),
  spread: spreadSchema.optional(),
});
export type CampaignDocument = z.infer<typeof documentSchema>;

export function parseCampaign(json: string): CampaignDocument {
  return documentSchema.parse(JSON.parse(json));
}
