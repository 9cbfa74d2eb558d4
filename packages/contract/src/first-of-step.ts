import { z } from "zod";
import { channelOrderSchema } from "./channel-order.ts";
import { keySchema } from "./text.ts";

/**
 * Sends on one of its channels: the first, in the recipient's own order, on which they can be reached and policy lets it
 * through. Where nobody has an order, that of the step holds.
 */
export const firstOfStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("first_of"),
  channels: channelOrderSchema,
  /** Has content for each of the channels. */
  template: keySchema,
});
export type FirstOfStep = z.infer<typeof firstOfStepSchema>;
