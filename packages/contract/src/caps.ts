import { z } from "zod";
import { namedChannelsSchema } from "./named-channels.ts";

/** At most `limit` messages to one recipient in any stretch of `windowSeconds`. */
export const capSchema = z
  .strictObject({
    limit: z.int().min(1).max(100),
    windowSeconds: z
      .int()
      .min(1)
      .max(31 * 86_400),
    /** Messages on these channels alone are counted, and held to it; where left out, all that are not silent. */
    channels: namedChannelsSchema.optional(),
    /** So many of `limit` are kept for what matters: workflows of priority `high`. */
    reserve: z.int().min(1).max(99).optional(),
    /** What becomes of a message that there is no place for: it is not made, waits until there is one, or is told in its category's digest. */
    over: z.enum(["drop", "defer", "digest"]),
  })
  .refine(({ limit, reserve = 0 }) => reserve < limit, { error: "must be less than `limit`", path: ["reserve"] });
export type CapBody = z.infer<typeof capSchema>;

export const capsSchema = z.array(capSchema).min(1).max(5);
