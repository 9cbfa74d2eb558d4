import { z } from "zod";
import { type Json, jsonSchema } from "./data.ts";
import { limits } from "./limits.ts";
import { valueForms } from "./value-forms.ts";

/*
 * What an event is made of, as data: JSON in which three kinds of objects stand for something of a foreign record.
 *   {"$": "user.mail", "of": "record", "as": "text", "map": {"a": "b"}, "default": null}   the value there
 *   {"$text": "{order.id}-{status}"}                                                       a text with values in it
 *   {"$each": "users", "item": {…}}                                                        a list with an entry for each there
 * All else means itself. Nothing is run.
 */

/** Path into JSON, such as `users.0.id`; empty for the whole. */
export const jsonPathSchema = z.string().max(200);

/**
 * Where a path begins: at the entry of the list around it, else at the record's JSON; always at the latter; at the headers or
 * attributes that came with it; or at what its source says of it.
 */
export const mappingRoots = ["entry", "record", "headers", "meta"] as const;
export type MappingRoot = (typeof mappingRoots)[number];

const tableSchema = z
  .record(z.string(), jsonSchema)
  .refine((table) => Object.keys(table).length <= limits.mappingTable, {
    error: `has at most ${limits.mappingTable} entries`,
  });

export const mappedValueSchema = z.strictObject({
  $: jsonPathSchema,
  of: z.enum(mappingRoots).optional(),
  as: z.enum(valueForms).optional(),
  map: tableSchema.optional(),
  default: jsonSchema.optional(),
});
export type MappedValue = z.infer<typeof mappedValueSchema>;

const mappedTextSchema = z.strictObject({ $text: z.string().min(1).max(2000) });
export const mappedListSchema = z.strictObject({
  $each: jsonPathSchema,
  of: z.enum(mappingRoots).optional(),
  item: jsonSchema,
});

const markers: readonly (readonly [string, z.ZodType])[] = [
  ["$", mappedValueSchema],
  ["$text", mappedTextSchema],
  ["$each", mappedListSchema],
];

export const isJsonObject = (json: unknown): json is Record<string, Json> =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** JSON in which the objects above stand for something. */
export const mappingShapeSchema = jsonSchema.superRefine((shape, context) => {
  checkShape(shape, [], context);
});

function checkShape(shape: Json, at: PropertyKey[], context: z.core.$RefinementCtx): void {
  if (at.length > limits.bodyDepth) {
    context.addIssue({ code: "custom", path: at, message: "is nested too deep" });
    return;
  }
  if (Array.isArray(shape)) {
    for (const [index, each] of shape.entries()) checkShape(each, [...at, index], context);
    return;
  }
  if (!isJsonObject(shape)) return;
  const marker = markers.find(([name]) => Object.hasOwn(shape, name));
  const parsed = marker?.[1].safeParse(shape);
  for (const issue of parsed?.error?.issues ?? []) context.addIssue({ ...issue, path: [...at, ...issue.path] });
  if (marker === undefined) for (const [name, each] of Object.entries(shape)) checkShape(each, [...at, name], context);
  else if (Object.hasOwn(shape, "$each")) checkShape(shape.item ?? null, [...at, "item"], context);
}
