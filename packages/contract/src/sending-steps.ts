import { z } from "zod";
import { channelStepFields } from "./channel-step.ts";
import { type FallbackTerms, fallbackTermsFields, fallbackTermsRule } from "./fallback.ts";
import { firstOfStepFields } from "./first-of-step.ts";
import { limits } from "./limits.ts";

const channelFieldsSchema = z.strictObject(channelStepFields);
const firstOfFieldsSchema = z.strictObject(firstOfStepFields);

/** What goes out in place of messages that did not come through: on what terms, and the steps, each of which may have one of its own. */
export type Fallback = FallbackTerms & { steps: SendingStep[] };
export type ChannelStep = z.infer<typeof channelFieldsSchema> & { fallback?: Fallback | undefined };
export type FirstOfStep = z.infer<typeof firstOfFieldsSchema> & { fallback?: Fallback | undefined };
/** A step that sends. */
export type SendingStep = ChannelStep | FirstOfStep;

/** Steps stand inside of what they are for, so that none can lead back to itself. */
export const fallbackSchema: z.ZodType<Fallback> = z.lazy(() =>
  z
    .strictObject({
      ...fallbackTermsFields,
      steps: z
        .array(z.discriminatedUnion("type", [channelStepSchema, firstOfStepSchema]))
        .min(1)
        .max(limits.stepsPerFallback),
    })
    .refine(...fallbackTermsRule),
);

/** Sends a message to each of the recipient's addresses on a channel. */
export const channelStepSchema = z.strictObject({ ...channelStepFields, fallback: fallbackSchema.optional() });

/**
 * Sends on one of its channels: the first, in the recipient's own order, on which they can be reached and policy lets it
 * through. Where nobody has an order, that of the step holds.
 */
export const firstOfStepSchema = z.strictObject({ ...firstOfStepFields, fallback: fallbackSchema.optional() });
