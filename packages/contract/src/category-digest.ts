import { z } from "zod";
import { limits } from "./limits.ts";
import { localTimeSchema, weekdaySchema } from "./local-time.ts";
import { keySchema } from "./text.ts";

/** How often somebody wants to hear, where not at once. */
export const frequencySchema = z.enum(["hourly", "daily", "weekly"]);
export type Frequency = z.infer<typeof frequencySchema>;

/**
 * Gathers a category's messages for those who have asked for a digest, and those that a cap has no place for. Times are by the
 * recipient's clock. On channels that the template has no content for nothing is gathered.
 */
export const categoryDigestSchema = z.strictObject({
  /** What the digest is made of. */
  template: keySchema,
  /** 09:00 where left out. */
  time: localTimeSchema.optional(),
  /** Of weekly ones; Monday where left out. */
  weekday: weekdaySchema.optional(),
  /** When those go out that caps demote; daily where left out. */
  overflow: frequencySchema.optional(),
  /** With so many events a digest goes out early. */
  maxEvents: z.int().min(1).max(limits.eventsPerDigest).optional(),
});
export type CategoryDigest = z.infer<typeof categoryDigestSchema>;
