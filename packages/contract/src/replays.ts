import { z } from "zod";
import { limits } from "./limits.ts";
import { pageQuerySchema } from "./pages.ts";
import { idSchema, keySchema, line, recipientIdSchema, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

const selectionFields = {
  /** Ids of events, in place of names and times. */
  events: z.array(idSchema).min(1).max(limits.eventsPerReplay).optional(),
  names: z.array(line(200)).min(1).max(limits.namesPerReplay).optional(),
  from: timeSchema.optional(),
  /** Up to now where left out. */
  to: timeSchema.optional(),
  tenant: keySchema.optional(),
  /** Events that name this recipient; they go to nobody else. */
  recipient: recipientIdSchema.optional(),
  /** Workflows that they go to; all that await them now where left out. */
  workflows: z.array(keySchema).min(1).max(limits.workflowsPerReplay).optional(),
};

type Selection = z.infer<ReturnType<typeof selection>>;
const selection = () => z.strictObject(selectionFields);

/** What a selection has to say: events by their ids, or names and from when on. */
function selected<Shape extends z.ZodType<Selection>>(schema: Shape): Shape {
  return schema
    .refine(({ events, names }) => events !== undefined || names !== undefined, {
      error: "is needed where no events are named",
      path: ["names"],
    })
    .refine(({ events, from }) => events !== undefined || from !== undefined, {
      error: "is needed where no events are named",
      path: ["from"],
    })
    .refine(({ events, names, from, to }) => events === undefined || (names ?? from ?? to) === undefined, {
      error: "cannot be asked for together with names and times",
      path: ["events"],
    })
    .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
      error: "must be before to",
      path: ["from"],
    });
}

/** Body of `POST /v1/events/replay/preview`. */
export const replayPreviewBodySchema = selected(selection());
export type ReplayPreviewBody = z.infer<typeof replayPreviewBodySchema>;

/** Body of `POST /v1/events/replay`: past events go to workflows once more, as a new generation. */
export const replayBodySchema = selected(
  z.strictObject({ ...selectionFields, perSecond: z.int().min(1).max(limits.replayedPerSecond).optional() }),
);
export type ReplayBody = z.infer<typeof replayBodySchema>;

export const replayStates = ["running", "done", "canceled", "failed"] as const;
export type ReplayState = (typeof replayStates)[number];

const skippedSchema = z.object({ reason: z.string(), text: z.string(), count: z.int() });

export const replayProgressSchema = z.object({
  /** Known where events are named by their ids, and of all once the replay is done. */
  total: z.int().optional(),
  selected: z.int(),
  replayed: z.int(),
  skipped: z.array(skippedSchema),
  /** How much of the time that was selected is done, 0 to 1. */
  part: z.number(),
  ratePerSecond: z.number(),
  secondsLeft: z.int().optional(),
});
export type ReplayProgress = z.infer<typeof replayProgressSchema>;

export const replaySchema = z.object({
  id: idSchema,
  state: z.enum(replayStates),
  /** How many are named by their ids. */
  events: z.int().optional(),
  names: z.array(z.string()).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  tenant: z.string().optional(),
  recipient: z.string().optional(),
  workflows: z.array(z.string()).optional(),
  perSecond: z.int(),
  createdAt: timeSchema,
  progress: replayProgressSchema.optional(),
});
export type ReplayView = z.infer<typeof replaySchema>;

export const replayQuerySchema = pageQuerySchema;

const countedSchema = z.object({ name: z.string(), count: z.int() });

/** What a replay would come to now. */
export const replayPreviewSchema = z.object({
  selected: z.int(),
  names: z.array(countedSchema),
  skipped: z.array(skippedSchema),
  /** False where the budget ended before all were looked at. */
  isComplete: z.boolean(),
  /** Where it ended: events that came in by then were looked at. */
  until: timeSchema.optional(),
  /** What a dry run of the first of them says. */
  weighed: z.object({
    events: z.int(),
    recipients: z.int(),
    messages: z.int(),
    channels: z.array(z.object({ channel: channelSchema, messages: z.int() })),
    workflows: z.array(z.object({ workflow: z.string(), messages: z.int() })),
    notSent: z.array(skippedSchema),
    /** Events of which not all recipients were weighed, and how many of theirs those are. */
    partial: z.int(),
    leftOut: z.object({ recipients: z.int(), segments: z.array(z.string()) }).optional(),
    /** Whether these are all events that would be replayed, with all of their recipients. */
    isComplete: z.boolean(),
  }),
});
export type ReplayPreview = z.infer<typeof replayPreviewSchema>;

/** What a replay has made of an event. */
export const generationSchema = z.object({ id: idSchema, generation: z.int(), replay: idSchema });
