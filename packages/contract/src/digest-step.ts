import { z } from "zod";
import { dataPathSchema } from "./data-path.ts";
import { limits } from "./limits.ts";
import { localTimeSchema, weekdaySchema } from "./local-time.ts";
import { stepSecondsSchema } from "./step-seconds.ts";
import { keySchema } from "./text.ts";

/** Ends at a time by the recipient's clock; where they have no time zone, by their tenant's, else the environment's, else UTC. */
const calendarWindowSchema = z
  .strictObject({
    kind: z.literal("calendar"),
    every: z.enum(["hour", "day", "week"]),
    /** 09:00 where left out. */
    time: localTimeSchema.optional(),
    /** Monday where left out. */
    weekday: weekdaySchema.optional(),
  })
  .refine(({ every, time }) => every !== "hour" || time === undefined, {
    error: "goes with every day or week",
    path: ["time"],
  })
  .refine(({ every, weekday }) => every === "week" || weekday === undefined, {
    error: "goes with every week",
    path: ["weekday"],
  });

export const digestWindowSchema = z.union([
  z.strictObject({ kind: z.literal("fixed"), seconds: stepSecondsSchema }),
  /** Ends once nothing has come for `seconds`, and `maxSeconds` after its first event at the latest. */
  z
    .strictObject({ kind: z.literal("sliding"), seconds: stepSecondsSchema, maxSeconds: stepSecondsSchema })
    .refine(({ seconds, maxSeconds }) => maxSeconds >= seconds, {
      error: "must not be less than seconds",
      path: ["maxSeconds"],
    }),
  calendarWindowSchema,
]);
export type DigestWindow = z.infer<typeof digestWindowSchema>;

/**
 * Gathers the events of a recipient: the first opens a window, later ones join it, and their runs end there. When it closes
 * one run goes on behind the step, with all of them as the step's result.
 */
export const digestStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("digest"),
  /** Events with the same value are gathered together; all of the recipient's where left out. */
  key: dataPathSchema.optional(),
  window: digestWindowSchema,
  /** With so many events the window closes early. */
  maxEvents: z.int().min(1).max(limits.eventsPerDigest).optional(),
});
export type DigestStep = z.infer<typeof digestStepSchema>;
