import { z } from "zod";
import { type Json, jsonSchema } from "./data.ts";
import { line } from "./text.ts";

/**
 * A test over facts, as data: `{field, op, value}` or `all`, `any`, `not` of such.
 * A field starts with `data.`, `recipient.` (`recipient.attributes.plan`) or `steps.` (`steps.mail.state`).
 */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { field: string; op: ConditionOperator; value?: Json | undefined };

export const conditionOperators = ["eq", "ne", "gt", "gte", "lt", "lte", "in", "contains", "exists"] as const;
export type ConditionOperator = (typeof conditionOperators)[number];

const fieldSchema = line(200).regex(/^(data|recipient|steps)(\.[^.]+)+$/, {
  error: "must start with data., recipient. or steps.",
});

export const conditionSchema: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ field: fieldSchema, op: z.enum(conditionOperators), value: jsonSchema.optional() }),
    z.strictObject({ all: z.array(conditionSchema).min(1).max(20) }),
    z.strictObject({ any: z.array(conditionSchema).min(1).max(20) }),
    z.strictObject({ not: conditionSchema }),
  ]),
);
