import { z } from "zod";
import { limits } from "./limits.ts";
import { keySchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/**
 * Looks at what the recipient was sent of late, and what they opened, clicked and read of it: the result of the step,
 * which later conditions and templates read.
 */
export const recentStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("recent"),
  /** How far back it looks; 30 days where left out. */
  days: z.int().min(1).max(limits.recentDays).optional(),
  /** Only messages of these are looked at. */
  category: keySchema.optional(),
  channel: channelSchema.optional(),
  workflow: keySchema.optional(),
});
export type RecentStep = z.infer<typeof recentStepSchema>;
