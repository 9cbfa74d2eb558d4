import { z } from "zod";
import { dataPathSchema } from "./data-path.ts";
import { limits } from "./limits.ts";
import { stepSecondsSchema } from "./step-seconds.ts";
import { keySchema, line } from "./text.ts";

/** Paths into the run's own data, each with the path of the arriving event at which the same value must stand. */
const matchSchema = z
  .record(dataPathSchema, dataPathSchema)
  .refine((match) => Object.keys(match).length >= 1 && Object.keys(match).length <= limits.matchesPerWait, {
    error: `has 1 to ${limits.matchesPerWait} paths`,
  })
  .refine((match) => new Set(Object.values(match)).size === Object.keys(match).length, {
    error: "names a path of the arriving event twice",
  });

/**
 * Waits until another event arrives, or a time has passed: the result of the step is `{arrived, event}`, which later
 * conditions and templates read.
 */
export const waitForStepSchema = z
  .strictObject({
    id: keySchema,
    type: z.literal("wait_for"),
    /** Name of the event. */
    event: line(200),
    /** With nothing arrived for so long the run goes on without. */
    timeoutSeconds: stepSecondsSchema,
    match: matchSchema.optional(),
    /** `same`, where left out: the run's recipient is among the event's. `any`: `match` alone decides. */
    recipient: z.enum(["same", "any"]).optional(),
  })
  .refine(({ match, recipient }) => recipient !== "any" || match !== undefined, {
    error: "is needed where the recipient may be any",
    path: ["match"],
  });
export type WaitForStep = z.infer<typeof waitForStepSchema>;
