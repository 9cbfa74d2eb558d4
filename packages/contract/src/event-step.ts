import { z } from "zod";
import { type Data, dataSchema, type Json } from "./data.ts";
import { limits } from "./limits.ts";
import { segmentRecipientSchema } from "./segments.ts";
import { keySchema, line, recipientIdSchema } from "./text.ts";
import { topicRecipientSchema } from "./topics.ts";

/** Path of a fact, at least one level into `data`, `recipient` or `steps`. */
const factPath = /^(?:data|recipient|steps)(?:\.[^.]+)+$/;

const mark = "$";

/** The path of an object in a step's data that stands for a value of the run, as in `{"$": "data.order.id"}`; undefined for any other. */
export function referenceIn(value: { readonly [name: string]: Json }): string | undefined {
  const path = Object.hasOwn(value, mark) ? value[mark] : undefined;
  return typeof path === "string" ? path : undefined;
}

/** Where references of a value are no references, and why. */
function referenceFaults(
  value: Json,
  path: readonly (string | number)[],
): { path: (string | number)[]; message: string }[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => referenceFaults(item, [...path, index]));
  if (!Object.hasOwn(value, mark))
    return Object.entries(value).flatMap(([name, item]) => referenceFaults(item, [...path, name]));
  const reference = referenceIn(value);
  if (reference === undefined || Object.keys(value).length > 1)
    return [{ path: [...path], message: "with $ must have nothing else, and a path in it" }];
  if (factPath.test(reference)) return [];
  return [{ path: [...path, mark], message: "must be a path that starts with data., recipient. or steps." }];
}

/** Laid over the data of the run's event; in it `{"$": "<path>"}` is replaced by what stands there. */
const eventDataSchema = dataSchema.superRefine((data: Data, context) => {
  if (JSON.stringify(data).length > limits.eventStepDataLength)
    return context.addIssue({
      code: "custom",
      message: `must have at most ${limits.eventStepDataLength} characters as JSON`,
    });
  for (const { path, message } of referenceFaults(data, [])) context.addIssue({ code: "custom", path, message });
});

/** Sends an event, which starts workflows as one that the application reports. */
export const eventStepSchema = z.strictObject({
  id: keySchema,
  type: z.literal("event"),
  /** Name of the event. */
  event: line(200),
  data: eventDataSchema.optional(),
  /** Whom it is about; the run's own recipient where left out. */
  recipients: z
    .array(z.union([recipientIdSchema, topicRecipientSchema, segmentRecipientSchema]))
    .min(1)
    .max(limits.recipientsPerEventStep)
    .optional(),
});
export type EventStep = z.infer<typeof eventStepSchema>;
