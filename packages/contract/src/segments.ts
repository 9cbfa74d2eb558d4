import { z } from "zod";
import { type ConditionOperator, conditionOperators } from "./conditions.ts";
import { type Json, jsonSchema } from "./data.ts";
import { limits } from "./limits.ts";
import { keySchema, line, timeSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/** A segment named in the place of a recipient: all who are in it when the event is worked on. */
export const segmentRecipientSchema = z.strictObject({ segment: keySchema });

export const messageBehaviours = ["sent", "delivered", "opened", "clicked", "read", "engaged"] as const;
export type MessageBehaviour = (typeof messageBehaviours)[number];

/** True of whoever has at least one such message, made in the last days; `engaged` is opened, clicked or read. */
const behaviourSchema = z.strictObject({
  message: z.enum(messageBehaviours),
  withinDays: z.int().min(1).max(limits.segmentDays),
  category: keySchema.optional(),
  workflow: keySchema.optional(),
  channel: channelSchema.optional(),
});
export type BehaviourCondition = z.infer<typeof behaviourSchema>;

const fieldSchema = line(200).regex(/^recipient\.(id|locale|timeZone|tenant|country|attributes(\.[^.]+)+)$/, {
  error: "must be recipient.id, .locale, .timeZone, .tenant, .country or .attributes.<name>",
});

/** Who is in a segment: a test over the recipient, over what became of their messages, or `all`, `any`, `not` of such. */
export type SegmentCondition =
  | { all: SegmentCondition[] }
  | { any: SegmentCondition[] }
  | { not: SegmentCondition }
  | { field: string; op: ConditionOperator; value?: Json | undefined }
  | BehaviourCondition;

export const segmentConditionSchema: z.ZodType<SegmentCondition> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldSchema, op: z.enum(conditionOperators), value: jsonSchema.optional() }),
    behaviourSchema,
    z.strictObject({ all: z.array(segmentConditionSchema).min(1).max(20) }),
    z.strictObject({ any: z.array(segmentConditionSchema).min(1).max(20) }),
    z.strictObject({ not: segmentConditionSchema }),
  ]),
);

/** Body of `PUT /v1/segments/{key}`. */
export const segmentBodySchema = z.strictObject({
  name: line(200).optional(),
  description: line(1000).optional(),
  where: segmentConditionSchema.refine((where) => testsIn(where) <= limits.testsPerSegment, {
    error: `has at most ${limits.testsPerSegment} tests`,
  }),
});
export type SegmentBody = z.infer<typeof segmentBodySchema>;

/** Query of `GET /v1/segments/{key}/count`. */
export const segmentCountQuerySchema = z.strictObject({ cursor: z.string().max(1200).optional() });

/** Answer of the same: exact where it is not partial. */
export const segmentCountSchema = z.object({
  count: z.int(),
  looked: z.int(),
  partial: z.boolean(),
  nextCursor: z.string().optional(),
  at: timeSchema,
});
export type SegmentCount = z.infer<typeof segmentCountSchema>;

function testsIn(where: SegmentCondition): number {
  if ("all" in where) return where.all.reduce((sum, part) => sum + testsIn(part), 0);
  if ("any" in where) return where.any.reduce((sum, part) => sum + testsIn(part), 0);
  return "not" in where ? testsIn(where.not) : 1;
}
