import { z } from "zod";
import { categoryBodySchema } from "./categories.ts";
import { leftOutSchema, notWeighedSchema } from "./dry-runs.ts";
import { limits } from "./limits.ts";
import { policyBodySchema } from "./policies.ts";
import { idSchema, keySchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";
import { workflowBodySchema } from "./workflows.ts";

/** Body of `POST /v1/workflows/{key}/dry-run/history`: the events of the last days, as the workflow is and as it is to be. */
export const historyBodySchema = z
  .strictObject({
    days: z.int().min(1).max(limits.historyDays),
    tenant: keySchema.optional(),
    /** What is proposed: an earlier version, or documents that are not published. */
    version: z.int().min(1).optional(),
    workflow: workflowBodySchema.optional(),
    category: categoryBodySchema.optional(),
    policy: policyBodySchema.optional(),
    /** What a message costs, by channel. */
    prices: z.partialRecord(channelSchema, z.number().min(0).max(1_000_000)).optional(),
    /** Whether the recipients who would get something are listed. */
    list: z.boolean().optional(),
    /** Of an answer that was not complete: goes on behind it. */
    cursor: z.string().max(1000).optional(),
  })
  .refine((body) => body.version === undefined || body.workflow === undefined, {
    error: "cannot be asked for together with a workflow",
    path: ["version"],
  });
export type HistoryBody = z.infer<typeof historyBodySchema>;

const sidesFields = { published: z.number(), proposed: z.number(), difference: z.number() };
const sideCounts = { published: z.int(), proposed: z.int() };

export const historySchema = z.object({
  workflow: z.string(),
  /** Left out where none is published. */
  publishedVersion: z.int().optional(),
  /** 0 for one that is not published. */
  proposedVersion: z.int(),
  from: timeSchema,
  to: timeSchema,
  /** What is of now, in words. */
  basis: z.string(),
  isComplete: z.boolean(),
  /** Events that came in by then were weighed. */
  until: timeSchema,
  nextCursor: z.string().optional(),
  events: z.object({
    selected: z.int(),
    weighed: z.int(),
    /** 1 where the answer ends within an event, whose other recipients are weighed behind its cursor; else 0. */
    partial: z.int(),
    skipped: z.array(z.object({ reason: z.string(), text: z.string(), count: z.int() })),
  }),
  messages: z.object(sidesFields),
  channels: z.array(z.object({ channel: channelSchema, ...sidesFields, cost: z.object(sidesFields).optional() })),
  cost: z.object(sidesFields).optional(),
  /** The event within which it ends. */
  inside: z.object({ event: idSchema, weighed: z.int(), leftOut: leftOutSchema }).optional(),
  recipients: z.object({
    /** Recipients of the events, each as often as one goes to them. */
    weighed: z.int(),
    ...sideCounts,
    gained: z.int(),
    lost: z.int(),
    gainedSample: z.array(z.string()),
    lostSample: z.array(z.string()),
    /** All who would get something, where that was asked for. */
    list: z.array(z.object({ recipient: z.string(), published: z.boolean(), proposed: z.boolean() })).optional(),
  }),
  notSent: z.array(z.object({ reason: z.string(), text: z.string(), ...sideCounts })),
  /** What was taken for given, by step. */
  assumed: z.array(z.object({ step: z.string(), text: z.string() })),
  notWeighed: notWeighedSchema,
});
export type HistoryView = z.infer<typeof historySchema>;
