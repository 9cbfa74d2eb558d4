import { z } from "zod";
import { messageSchema } from "./messages.ts";
import { idSchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

export const deadLetterKinds = ["message", "event", "run", "source"] as const;

/** A record of a source, as it came. */
export const sourceRecordSchema = z.object({
  value: z.string(),
  headers: z.record(z.string(), z.string()),
  /** What its source says of it. */
  meta: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const deadLetterSchema = z.object({
  id: idSchema,
  kind: z.enum(deadLetterKinds),
  reason: z.string(),
  detail: z.string().optional(),
  at: timeSchema,
  message: messageSchema.optional(),
  /** Of a record that a source could not take in. `record` is in the answer about one letter, where the record is kept. */
  source: z.object({ key: z.string(), place: z.string(), record: sourceRecordSchema.optional() }).optional(),
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
export const replayedSchema = z.object({
  replayed: z.int(),
  expired: z.int(),
  /** Records of sources that were refused again. */
  refused: z.int().optional(),
});
export type Replayed = z.infer<typeof replayedSchema>;
