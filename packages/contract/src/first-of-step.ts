import { z } from "zod";
import { channelOrderSchema } from "./channel-order.ts";
import { keySchema } from "./text.ts";

/** Fields of a step that sends on one of some channels; with its fallback it is in `sending-steps.ts`. */
export const firstOfStepFields = {
  id: keySchema,
  type: z.literal("first_of"),
  channels: channelOrderSchema,
  /** Has content for each of the channels. */
  template: keySchema,
};
