import { z } from "zod";
import { templateText } from "./template-fields.ts";
import { line } from "./text.ts";

/**
 * Body of `PUT /v1/partials/{key}`: a part that templates, layouts and other partials take in by `{{> key}}`, with
 * parameters as in `{{> button url=data.url label="Pay"}}`. HTML takes `html`; text takes `text`, or is made from `html`.
 */
export const partialBodySchema = z
  .strictObject({
    name: line(200).optional(),
    engine: z.literal("handlebars").optional(),
    html: templateText.optional(),
    text: templateText.optional(),
  })
  .refine((body) => body.html !== undefined || body.text !== undefined, { error: "needs html or text" });
export type PartialBody = z.infer<typeof partialBodySchema>;

/** The partial that a layout gives its template's part as; no partial can have this key. */
export const contentPartial = "content";

/** Keys of the partials that a source may take in; `content` is none. What stands in a comment is found as well. */
export function partialKeysOf(source: string): string[] {
  const keys = new Set<string>();
  for (const [, key] of source.matchAll(/\{\{~?>\s*["'[]?([A-Za-z0-9][A-Za-z0-9._-]*)/g)) {
    if (key !== undefined && key !== contentPartial) keys.add(key);
  }
  return [...keys];
}
