import { z } from "zod";
import { dataPathSchema } from "./data-path.ts";
import { limits } from "./limits.ts";
import { stepSecondsSchema } from "./step-seconds.ts";
import { keySchema } from "./text.ts";

/** Lets `limit` runs of a recipient past in any `windowSeconds`; the others end. */
export const throttleStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("throttle"),
  /** Runs with the same value are counted together; all of the recipient's where left out. */
  key: dataPathSchema.optional(),
  limit: z.int().min(1).max(limits.runsPerThrottle),
  windowSeconds: stepSecondsSchema,
});
export type ThrottleStep = z.infer<typeof throttleStepSchema>;
