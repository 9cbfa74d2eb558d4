import { z } from "zod";
import { messageSchema } from "./messages.ts";
import { idSchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

export const deadLetterSchema = z.object({
  id: idSchema,
  kind: z.enum(["message", "event", "run"]),
  reason: z.string(),
  detail: z.string().optional(),
  at: timeSchema,
  message: messageSchema.optional(),
});

export type DeadLetterView = z.infer<typeof deadLetterSchema>;

/** Body of `POST /v1/dead-letters/replay`: the ids, or all that fit the filter, oldest first. */
export const deadLetterReplayBodySchema = z
  .strictObject({
    ids: z.array(idSchema).min(1).max(1000).optional(),
    reason: z.string().max(200).optional(),
    channel: channelSchema.optional(),
    limit: z.int().min(1).max(1000).optional(),
  })
  .refine(
    (body) =>
      body.ids === undefined || (body.reason === undefined && body.channel === undefined && body.limit === undefined),
    {
      error: "takes either ids or a filter",
      path: ["ids"],
    },
  );
export const replayedSchema = z.object({ replayed: z.int(), expired: z.int() });
export type Replayed = z.infer<typeof replayedSchema>;
