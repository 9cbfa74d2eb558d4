import { z } from "zod";
import { localTimeSchema, weekdaySchema } from "./local-time.ts";
import { stepSecondsSchema } from "./step-seconds.ts";
import { keySchema } from "./text.ts";

/** Waits for a time, or until the next such time by the recipient's clock (where they have no time zone, by their tenant's, else the environment's, else UTC). */
export const delayStepSchema = z
  .strictObject({
    id: keySchema,
    type: z.literal("delay"),
    seconds: stepSecondsSchema.optional(),
    until: z.strictObject({ time: localTimeSchema, weekday: weekdaySchema.optional() }).optional(),
  })
  .refine(({ seconds, until }) => (seconds === undefined) !== (until === undefined), {
    error: "give either seconds or until",
    path: ["seconds"],
  });
export type DelayStep = z.infer<typeof delayStepSchema>;
