import { z } from "zod";
import { pageQuerySchema } from "./pages.ts";
import { keySchema, line, timeSchema } from "./text.ts";
import { channels, lanes } from "./words.ts";

/** What can be paused: closed. `marketing` is what is marketing of one integration. */
export const pauseKinds = ["lane", "integration", "marketing", "channel", "workflow"] as const;
export const pauseKindSchema = z.enum(pauseKinds);
export type PauseKind = z.infer<typeof pauseKindSchema>;

/** Keys of the kinds that have no documents. */
const words: Partial<Record<PauseKind, readonly string[]>> = { lane: lanes, channel: channels };

/** Path of a pause: what is paused. */
export const pauseKeySchema = z
  .strictObject({ kind: pauseKindSchema, key: keySchema })
  .superRefine(({ kind, key }, context) => {
    const known = words[kind];
    if (known === undefined || known.includes(key)) return;
    context.addIssue({ code: "custom", path: ["key"], message: `must be one of ${known.join(", ")}` });
  });

/** Query of `PUT` and `DELETE`: a pause of one tenant's messages is another than that of all. */
export const pauseTenantQuerySchema = z.strictObject({ tenant: keySchema.optional() });

/** Body of `PUT /v1/pauses/{kind}/{key}`. */
export const pauseBodySchema = z.strictObject({ reason: line(500).optional(), until: timeSchema.optional() });
export type PauseBody = z.infer<typeof pauseBodySchema>;

export const pauseStates = ["paused", "resuming"] as const;

export const pauseSchema = z.object({
  kind: pauseKindSchema,
  key: keySchema,
  tenant: z.string().optional(),
  state: z.enum(pauseStates),
  reason: z.string().optional(),
  createdAt: timeSchema,
  until: timeSchema.optional(),
  resumedAt: timeSchema.optional(),
  waiting: z.int(),
  waitingIsBound: z.boolean(),
});
export type PauseView = z.infer<typeof pauseSchema>;

export const pauseQuerySchema = pageQuerySchema;
