import { z } from "zod";
import { categoryBodySchema } from "./categories.ts";
import { dataSchema, jsonSchema } from "./data.ts";
import { decisionFields } from "./decisions.ts";
import { eventBodySchema } from "./events.ts";
import { limits } from "./limits.ts";
import { policyBodySchema } from "./policies.ts";
import { previewSchema } from "./previews.ts";
import { idSchema, keySchema, timeSchema } from "./text.ts";
import { laneSchema, messageStateSchema } from "./words.ts";
import { workflowBodySchema } from "./workflows.ts";

const { recipients } = eventBodySchema.shape;

/** What is taken for given, by step. */
const assumptionsSchema = z.strictObject({
  /** What has become of a step's messages when a later step asks; `sent` where left out. */
  messages: z
    .record(
      keySchema,
      z.strictObject({
        state: messageStateSchema.optional(),
        delivered: z.boolean().optional(),
        seen: z.boolean().optional(),
        read: z.boolean().optional(),
        clicked: z.boolean().optional(),
      }),
    )
    .optional(),
  /** What fetch steps answer; nothing is asked for. */
  fetches: z.record(keySchema, jsonSchema).optional(),
  /** Data of the events for which steps wait. */
  arrivals: z.record(keySchema, dataSchema).optional(),
});

/** Body of `POST /v1/workflows/{key}/dry-run`: a past event, or one that is made up. */
export const dryRunBodySchema = z
  .strictObject({
    /** Id of a past event, whose data, tenant and times are taken. */
    event: idSchema.optional(),
    /** Of a past event, in place of its own. */
    recipients: recipients.max(limits.recipientsPerDryRun).optional(),
    data: dataSchema.optional(),
    tenant: keySchema.optional(),
    scheduledAt: timeSchema.optional(),
    expiresAt: timeSchema.optional(),
    /** When it comes in: when a past event did, else now. */
    at: timeSchema.optional(),
    /** An earlier version of the workflow. */
    version: z.int().min(1).optional(),
    /** Documents that are not published, in place of those in force. */
    workflow: workflowBodySchema.optional(),
    category: categoryBodySchema.optional(),
    policy: policyBodySchema.optional(),
    assume: assumptionsSchema.optional(),
    /** Whether messages are rendered: the first 20. */
    preview: z.boolean().optional(),
  })
  .refine((body) => body.event !== undefined || body.recipients !== undefined, {
    error: "is needed where no event is named",
    path: ["recipients"],
  })
  .refine((body) => body.event === undefined || body.data === undefined, {
    error: "is that of the event that is named",
    path: ["data"],
  })
  .refine((body) => body.version === undefined || body.workflow === undefined, {
    error: "cannot be asked for together with a workflow",
    path: ["version"],
  });
export type DryRunBody = z.infer<typeof dryRunBodySchema>;

/** What would be decided about one message to one recipient. */
export const dryRunOutcomeSchema = z.object({
  recipient: z.string(),
  step: z.string().optional(),
  channel: z.string().optional(),
  /** Whether a message would go out. */
  sends: z.boolean(),
  /** When it would, by the clock that the dry run follows. */
  dueAt: timeSchema.optional(),
  decisions: z.array(z.object(decisionFields)),
  /** All of it in words. */
  text: z.string(),
  /** When it would be decided. */
  at: timeSchema,
  preview: previewSchema.optional(),
});
export type DryRunOutcomeView = z.infer<typeof dryRunOutcomeSchema>;

/** Recipients that were not looked at. */
export const leftOutSchema = z.object({
  /** Those who are named, and subscribers of topics, of each topic counted by itself. */
  recipients: z.int(),
  /** Segments whose members were not all looked at, and are not counted. */
  segments: z.array(z.string()),
});

/** What may come out otherwise, and no dry run tells. */
export const dryRunGaps = ["collapse_key", "ordering_key", "digest_window"] as const;
export type DryRunGap = (typeof dryRunGaps)[number];

export const notWeighedSchema = z.array(z.object({ what: z.enum(dryRunGaps), text: z.string() }));

export const dryRunSchema = z.object({
  workflow: z.string(),
  /** 0 for one that is not published. */
  workflowVersion: z.int(),
  lane: laneSchema,
  /** When the event comes in. */
  at: timeSchema,
  outcomes: z.array(dryRunOutcomeSchema),
  /** What was taken for given, by step. */
  assumed: z.array(z.object({ step: z.string(), text: z.string() })),
  notWeighed: notWeighedSchema,
  /** `shown`: those whose outcomes are listed. */
  recipients: z.object({ weighed: z.int(), shown: z.int() }),
  /** Of all who were weighed. */
  totals: z.array(
    z.object({
      outcome: z.string(),
      reason: z.string(),
      rule: z.string().optional(),
      channel: z.string().optional(),
      text: z.string(),
      count: z.int(),
    }),
  ),
  /** The event has further recipients who were not weighed. */
  truncated: z.boolean(),
  leftOut: leftOutSchema.optional(),
});
export type DryRunView = z.infer<typeof dryRunSchema>;
