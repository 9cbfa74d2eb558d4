import { z } from "zod";
import { templateText } from "./template-fields.ts";
import { byLocale, messagesSchema } from "./templates.ts";
import { line } from "./text.ts";

/** Body of `PUT /v1/layouts/{key}`: what stands around a template's mail. `{{> content}}` marks where the mail's own part goes. */
export const layoutBodySchema = z
  .strictObject({
    name: line(200).optional(),
    engine: z.literal("handlebars").optional(),
    email: z.strictObject({ html: templateText, text: templateText.optional() }),
    /** By locale what is different in a language, as in a template. */
    locales: byLocale(
      z.strictObject({
        email: z.strictObject({ html: templateText.optional(), text: templateText.optional() }).optional(),
      }),
    ).optional(),
    messages: messagesSchema.optional(),
  })
  .superRefine((body, context) => {
    if (body.email.text !== undefined) return;
    for (const [locale, { email }] of Object.entries(body.locales ?? {})) {
      if (email?.text === undefined) continue;
      const path = ["locales", locale, "email", "text"];
      context.addIssue({ code: "custom", path, message: "lies over email.text, which is not there" });
    }
  });
export type LayoutBody = z.infer<typeof layoutBodySchema>;
