import { z } from "zod";
import { capsSchema } from "./caps.ts";
import { categoryDigestSchema } from "./category-digest.ts";
import { channelOrderSchema } from "./channel-order.ts";
import { channelSettingsSchema } from "./preferences.ts";
import { dailyWindowSchema, quietHoursSchema } from "./quiet-hours.ts";
import { sunsetSchema } from "./sunset.ts";
import { line } from "./text.ts";
import { trackingSchema } from "./tracking.ts";
import { laneSchema } from "./words.ts";

/** Delays before the second, third … attempt, in seconds; the number of them is the number of retries. */
export const retryScheduleSchema = z.strictObject({ delaysSeconds: z.array(z.int().min(0).max(345_600)).max(50) });

/** Body of `PUT /v1/categories/{key}`. */
export const categoryBodySchema = z.strictObject({
  name: line(200).optional(),
  description: line(1000).optional(),
  class: laneSchema,
  retry: retryScheduleSchema.optional(),
  /** Defaults of the category, where neither the recipient nor the tenant has chosen. */
  preferences: channelSettingsSchema.optional(),
  /** Order of channels, where neither the recipient nor the tenant has one. */
  channelOrder: channelOrderSchema.optional(),
  /** Whether mail of it can be left with one click; that of the class marketing always can, and critical mail never. */
  unsubscribe: z.boolean().optional(),
  quietHours: quietHoursSchema.optional(),
  sendWindow: dailyWindowSchema.optional(),
  caps: capsSchema.optional(),
  digest: categoryDigestSchema.optional(),
  /** Of the class marketing: who is silent for long is asked once, and then left alone. */
  sunset: sunsetSchema.optional(),
  /** Of its mail; what is left out is as the policy has it, and off for the class critical. */
  tracking: trackingSchema.optional(),
});
export type CategoryBody = z.infer<typeof categoryBodySchema>;
