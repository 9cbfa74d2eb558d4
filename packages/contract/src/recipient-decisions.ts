import { z } from "zod";
import { decisionFields } from "./decisions.ts";
import { limits } from "./limits.ts";
import { idSchema, keySchema, timeSchema } from "./text.ts";
import { channelSchema, messageStateSchema } from "./words.ts";

/** Query of `GET /v1/recipients/{id}/decisions`: all that is given has to hold. */
export const recipientDecisionQuerySchema = z.strictObject({
  category: keySchema.optional(),
  workflow: keySchema.optional(),
  channel: channelSchema.optional(),
  /** As decisions have it: `send`, `deferred`, `not_sent`, `not_started` … */
  outcome: z
    .string()
    .regex(/^[a-z_]{1,40}$/, { error: "must be an outcome, such as not_sent" })
    .optional(),
  event: idSchema.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageSize).optional(),
});

/** What was decided about one message to a recipient, whether it was made or not. */
export const recipientDecisionSchema = z.object({
  event: idSchema,
  run: idSchema.optional(),
  workflow: z.string().optional(),
  workflowVersion: z.int().optional(),
  step: z.string().optional(),
  category: z.string().optional(),
  channel: z.string().optional(),
  /** Where one was made: what has become of it. */
  message: z.object({ id: idSchema, state: messageStateSchema, reason: z.string().optional() }).optional(),
  /** In order: it is to be sent, but put off. */
  decisions: z.array(z.object(decisionFields)),
  /** All of it in words. */
  text: z.string(),
  at: timeSchema,
});
export type RecipientDecision = z.infer<typeof recipientDecisionSchema>;
