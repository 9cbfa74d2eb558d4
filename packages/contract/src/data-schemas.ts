import { z } from "zod";
import type { Json } from "./data.ts";
import { limits } from "./limits.ts";

/**
 * JSON Schema (draft 2020-12) of an event's data. What a schema may hold beyond its size is checked when it is written:
 * references lead into its own `$defs` and never round in circles, patterns are those of RE2, which take linear time.
 */
export const dataSchemaSchema = z
  .custom<Record<string, Json>>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
    error: "must be an object",
  })
  .superRefine((schema, context) => {
    if (JSON.stringify(schema).length > limits.dataSchemaLength) {
      context.addIssue({ code: "custom", message: `is longer than ${limits.dataSchemaLength} characters` });
    }
  })
  .meta({ type: "object", additionalProperties: true });
export type DataSchema = z.infer<typeof dataSchemaSchema>;
