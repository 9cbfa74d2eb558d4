import { z } from "zod";

/** What the ledger keeps sealed with the recipient's key: how it was said. */
export const consentEvidenceSchema = z.object({
  source: z.string(),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  textVersion: z.string().optional(),
  jurisdiction: z.string().optional(),
  confirmed: z.boolean().optional(),
});
export type ConsentEvidence = z.infer<typeof consentEvidenceSchema>;
