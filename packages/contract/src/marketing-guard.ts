import { z } from "zod";

/** Hours of the longest window: as long as statistics are kept by minute where nobody says otherwise. */
export const guardHoursMax = 48;

/**
 * When marketing by an integration is paused by itself. Defaults are below what makes Gmail and Yahoo refuse a sender (complaints above
 * 0.3 %) and Amazon SES review an account (bounces of 5 %).
 */
export const marketingGuardSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Percent of what arrived. */
  complaintRateMax: z.number().min(0.01).max(100).default(0.3),
  /** Percent of what was sent. */
  bounceRateMax: z.number().min(0.01).max(100).default(5),
  /** Fewer messages prove no rate. */
  messagesMin: z.int().min(10).max(1_000_000).default(200),
  /** Nor do fewer complaints, or bounces. */
  reportsMin: z.int().min(1).max(1000).default(5),
  /** How far back is looked. */
  hours: z.int().min(1).max(guardHoursMax).default(24),
  /** When such a pause ends by itself; left out, somebody has to end it. */
  resumeAfterHours: z.int().min(1).max(720).optional(),
});
export type MarketingGuard = z.infer<typeof marketingGuardSchema>;
