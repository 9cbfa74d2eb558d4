import { z } from "zod";
import { type Condition, conditionSchema } from "./conditions.ts";
import { limits } from "./limits.ts";
import { keySchema, line } from "./text.ts";
import { channelSchema } from "./words.ts";

export const channelStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("channel"),
  channel: channelSchema,
  template: keySchema,
});

export const delayStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("delay"),
  seconds: z
    .int()
    .min(1)
    .max(366 * 86_400),
});

export type ChannelStep = z.infer<typeof channelStepSchema>;
export type DelayStep = z.infer<typeof delayStepSchema>;
export type ConditionStep = {
  id: string;
  type: "condition";
  if: Condition;
  then: Step[];
  else?: Step[] | undefined;
};
/** One step of a workflow. Later kinds (digest, fetch, throttle, wait-for) join this union. */
export type Step = ChannelStep | DelayStep | ConditionStep;

export const stepSchema: z.ZodType<Step> = z.lazy(() =>
  z.discriminatedUnion("type", [
    channelStepSchema,
    delayStepSchema,
    z.strictObject({
      id: keySchema,
      type: z.literal("condition"),
      if: conditionSchema,
      // biome-ignore lint/suspicious/noThenProperty: `then` is the field's standard word in workflow definitions
      then: z.array(stepSchema).max(limits.stepsPerWorkflow),
      else: z.array(stepSchema).max(limits.stepsPerWorkflow).optional(),
    }),
  ]),
);

/** Body of `PUT /v1/workflows/{key}`: a new version each time that it differs. */
export const workflowBodySchema = z.strictObject({
  name: line(200).optional(),
  /** Name of the event that starts it; its key where left out. */
  event: line(200).optional(),
  category: keySchema,
  /** A second event with the same value of `key` for the same recipient inside the window starts nothing. */
  dedupe: z
    .strictObject({
      key: line(200).regex(/^data(\.[^.]+)+$/, { error: "must be a path that starts with data." }),
      windowSeconds: z
        .int()
        .min(1)
        .max(366 * 86_400),
    })
    .optional(),
  steps: z.array(stepSchema).min(1).max(limits.stepsPerWorkflow),
});
export type WorkflowBody = z.infer<typeof workflowBodySchema>;
