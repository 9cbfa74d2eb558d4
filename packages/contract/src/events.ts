import { z } from "zod";
import { dataSchema, jsonSchema } from "./data.ts";
import { decisionFields } from "./decisions.ts";
import { limits } from "./limits.ts";
import { messageSchema } from "./messages.ts";
import { inlineRecipientSchema } from "./recipients.ts";
import { generationSchema } from "./replays.ts";
import { segmentRecipientSchema } from "./segments.ts";
import { idSchema, keySchema, line, recipientIdSchema, timeSchema } from "./text.ts";
import { topicRecipientSchema } from "./topics.ts";
import { eventStates, laneSchema, runStates } from "./words.ts";

/** A recipient of an event: an id that is known or will be, an inline object that is upserted, or all of a topic or a segment. */
export const eventRecipientSchema = z.union([
  recipientIdSchema,
  inlineRecipientSchema,
  topicRecipientSchema,
  segmentRecipientSchema,
]);
export type EventRecipient = z.infer<typeof eventRecipientSchema>;

const isTopic = (recipient: EventRecipient): boolean => typeof recipient === "object" && "topic" in recipient;
const isSegment = (recipient: EventRecipient): boolean => typeof recipient === "object" && "segment" in recipient;

/** Body of `POST /v1/events`. */
export const eventBodySchema = z.strictObject({
  name: line(200),
  recipients: z
    .array(eventRecipientSchema)
    .min(1)
    .max(limits.recipientsPerEvent)
    .refine((recipients) => recipients.filter(isTopic).length <= limits.topicsPerEvent, {
      error: `names at most ${limits.topicsPerEvent} topics`,
    })
    .refine((recipients) => recipients.filter(isSegment).length <= limits.segmentsPerEvent, {
      error: `names at most ${limits.segmentsPerEvent} segments`,
    }),
  data: dataSchema.optional(),
  actor: recipientIdSchema.optional(),
  tenant: keySchema.optional(),
  scheduledAt: timeSchema.optional(),
  expiresAt: timeSchema.optional(),
  cancellationKey: line(200).optional(),
  orderingKey: line(200).optional(),
});
export type EventBody = z.infer<typeof eventBodySchema>;

/** `Idempotency-Key`: 1 to 255 visible ASCII characters. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: "must be 1 to 255 visible ASCII characters" });

export const batchEventSchema = eventBodySchema.extend({ idempotencyKey: idempotencyKeySchema.optional() });
export type BatchEvent = z.infer<typeof batchEventSchema>;

/** Body of `POST /v1/events/batch`. */
export const eventBatchSchema = z.strictObject({ events: z.array(batchEventSchema).min(1).max(limits.eventsPerBatch) });

/** The same as the server checks it first: each event stands alone, so that a bad one is an error in its place only. */
export const eventBatchBodySchema = z.strictObject({ events: z.array(jsonSchema).min(1).max(limits.eventsPerBatch) });

export const acceptedSchema = z.object({ id: idSchema });
export type Accepted = z.infer<typeof acceptedSchema>;

export const cancelBodySchema = z.strictObject({ cancellationKey: line(200) });
export const canceledSchema = z.object({ events: z.int(), runs: z.int(), messages: z.int() });
export type Canceled = z.infer<typeof canceledSchema>;

/** Recorded answer to "why did, or didn't, this recipient get this on this channel?" */
export const decisionSchema = z.object({
  ...decisionFields,
  recipient: z.string().optional(),
  workflow: z.string().optional(),
  workflowVersion: z.int().optional(),
  step: z.string().optional(),
  channel: z.string().optional(),
});

export type DecisionView = z.infer<typeof decisionSchema>;

export const runSchema = z.object({
  id: idSchema,
  workflow: z.string(),
  workflowVersion: z.int(),
  recipient: z.string(),
  state: z.enum(runStates),
  dueAt: timeSchema.optional(),
  messages: z.array(messageSchema),
});

export type RunView = z.infer<typeof runSchema>;

export const eventSchema = z.object({
  id: idSchema,
  name: z.string(),
  state: z.enum(eventStates),
  lane: laneSchema,
  tenant: z.string().optional(),
  actor: z.string().optional(),
  data: dataSchema,
  recipients: z.array(z.string()),
  topics: z.array(z.string()).optional(),
  segments: z.array(z.string()).optional(),
  receivedAt: timeSchema,
  scheduledAt: timeSchema.optional(),
  expiresAt: timeSchema.optional(),
  cancellationKey: z.string().optional(),
  orderingKey: z.string().optional(),
  runs: z.array(runSchema),
  /** Messages without a run: those of `POST /v1/messages`. */
  messages: z.array(messageSchema),
  decisions: z.array(decisionSchema),
  /** Of one that a step of a workflow has sent: the first event of all that led to it, and how many steps lie between. */
  root: idSchema.optional(),
  depth: z.int().optional(),
  /** Of a first event: what has been made of the events that led from it. */
  derived: z.object({ events: z.int(), messages: z.int() }).optional(),
  /** Of one that a replay has made: the how manieth of its event it is, that event, and the replay. */
  generation: z.int().optional(),
  replayOf: idSchema.optional(),
  replay: idSchema.optional(),
  /** What replays have made of it, newest first. */
  generations: z.array(generationSchema).optional(),
  /** True where the event has more messages than one answer carries; `GET /v1/messages?event=` lists them all. */
  truncated: z.boolean(),
});
export type EventView = z.infer<typeof eventSchema>;
