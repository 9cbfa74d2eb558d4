import { z } from "zod";
import { timeSchema } from "./text.ts";
import { channelSchema, laneSchema } from "./words.ts";

export const queueNames = ["events", "runs", "effects", "delivery"] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * Why due work is not being done: closed. The first and the last want somebody to act; the others are bounds that hold, and
 * end by themselves.
 */
export const heldReasons = ["no_worker", "rate_limited", "destination_busy", "circuit_open", "behind"] as const;
export type HeldReason = (typeof heldReasons)[number];

export const heldSchema = z.object({ reason: z.enum(heldReasons), detail: z.string() });
export type Held = z.infer<typeof heldSchema>;

export const queueSchema = z.object({
  queue: z.enum(queueNames),
  lane: laneSchema,
  channel: channelSchema.optional(),
  due: z.int(),
  dueIsBound: z.boolean(),
  oldestDueAt: timeSchema.optional(),
  ageMs: z.int().optional(),
  inPerMinute: z.number().optional(),
  outPerMinute: z.number().optional(),
  held: heldSchema.optional(),
});
export type QueueView = z.infer<typeof queueSchema>;

/** All of them, most urgent lane first. */
export const queuesSchema = z.object({ items: z.array(queueSchema) });
export type QueueList = z.infer<typeof queuesSchema>;
