import { z } from "zod";
import { dataPathSchema } from "./data-path.ts";
import { keySchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/** Fields of a step that sends on one channel; with its fallback it is in `sending-steps.ts`. */
export const channelStepFields = {
  id: keySchema,
  type: z.literal("channel"),
  channel: channelSchema,
  template: keySchema,
  /** A newer message with the same value to the same address takes the place of one that has not gone out. */
  collapseKey: dataPathSchema.optional(),
};
