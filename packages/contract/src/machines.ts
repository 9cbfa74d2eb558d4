import { z } from "zod";
import { keySchema } from "./text.ts";

/**
 * A vendor cannot send our key, so the environment of its integration stands in the URL that it is given. Vendors add queries of
 * their own, and some get our message's id there: the integration's provider reads those.
 */
export const feedbackQuerySchema = z.object({ environment: keySchema.optional() });
/** How many reports were taken; what names no known message counts too. */
export const feedbackSchema = z.object({ accepted: z.int() });

export const healthSchema = z.object({ status: z.literal("ok") });
export type Health = z.infer<typeof healthSchema>;
/** Every check by its name; `ok` is false where the process cannot do its work. */
export const readinessSchema = z.object({
  status: z.enum(["ready", "unready"]),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});
export type Readiness = z.infer<typeof readinessSchema>;
