import { z } from "zod";

export type Json = z.core.util.JSONType;

/**
 * Any JSON. Nothing is checked: what reaches the API came out of a JSON parser and cannot be anything else, and
 * `z.json()` costs 5 µs per event, four times the rest of its check.
 */
export const jsonSchema = z.custom<Json>();

/** Marks a fault of a custom check as one of type, as `invalid_type` is: who reads answers leniently tells them apart. */
const wrongType = { wrongType: true };

/** A JSON object with names of at most `nameMax` characters; see `jsonSchema` for why it is no `z.record`. */
export const jsonObject = (nameMax: number) =>
  z
    .custom<Record<string, Json>>((value) => typeof value === "object" && value !== null && !Array.isArray(value), {
      error: "must be an object",
      params: wrongType,
    })
    .superRefine((value, context) => {
      for (const name in value) {
        if (name.length > nameMax || name.length === 0) {
          context.addIssue({ code: "custom", path: [name], message: `a name must have 1 to ${nameMax} characters` });
        }
      }
    })
    .meta({ type: "object", additionalProperties: true });

/** What happened, as the application tells it; templates and conditions read it. */
export const dataSchema = jsonObject(200);
export type Data = z.infer<typeof dataSchema>;
