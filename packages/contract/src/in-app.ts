import { z } from "zod";
import { bodyText, keySchema, line } from "./text.ts";

/**
 * Where a click may lead: an http or https URL, or a path of the page's own site. Everything else is refused, `javascript:`
 * above all: a page would run it.
 */
export const linkSchema = line(2048).refine(isLink, {
  error: "must be an http or https URL, or a path such as /orders",
});

function isLink(text: string): boolean {
  // `//host` and `/\host` lead to another site, as browsers read them (WHATWG URL, relative slash state).
  if (text.startsWith("/")) return !/^\/[/\\]/.test(text);
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** What an in-app message has beside its title and its text. */
export const inAppFields = {
  /** Where a click on the item leads. */
  url: linkSchema.optional(),
  imageUrl: linkSchema.optional(),
  actions: z
    .array(z.strictObject({ key: keySchema, label: line(100), url: linkSchema.optional() }))
    .min(1)
    .max(3)
    .refine((actions) => new Set(actions.map(({ key }) => key)).size === actions.length, {
      error: "must have keys that differ",
    })
    .optional(),
  /** For the page's own use. */
  data: z
    .record(line(100), bodyText(10_000))
    .refine((data) => Object.keys(data).length <= 50, { error: "must have at most 50 names" })
    .optional(),
};
export const inAppSchema = z.strictObject(inAppFields);
export type InApp = z.infer<typeof inAppSchema>;

/** What an item shows. Title and text are plain text: a page shows them as such, never as HTML. */
export const inboxContentSchema = z.strictObject({
  title: line(998).optional(),
  text: bodyText(50_000),
  ...inAppFields,
});
export type InboxContent = z.infer<typeof inboxContentSchema>;
