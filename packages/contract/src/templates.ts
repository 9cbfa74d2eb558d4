import { z } from "zod";
import { attachmentSchema } from "./attachments.ts";
import { limits } from "./limits.ts";
import { channelFields } from "./template-fields.ts";
import { bodyText, keySchema, line, localeSchema } from "./text.ts";
import { channels } from "./words.ts";

/** How many languages a document may have. */
const localesMax = 100;

/** Fields of one language: those that are given lie over the ones beneath, field by field. */
const variantSchema = z.strictObject({
  email: z.strictObject(channelFields.email).partial().optional(),
  sms: z.strictObject(channelFields.sms).partial().optional(),
  push: z.strictObject(channelFields.push).partial().optional(),
  in_app: z.strictObject(channelFields.in_app).partial().optional(),
  chat: z.strictObject(channelFields.chat).partial().optional(),
  voice: z.strictObject(channelFields.voice).partial().optional(),
  webhook: z.strictObject(channelFields.webhook).partial().optional(),
});

/**
 * A file that goes with a mail, by its content alone: written here in base64, or found in the event's data. One with a
 * `contentId` is shown in its place by `<img src="cid:…">`.
 */
export const templateAttachmentSchema = z
  .strictObject({
    filename: line(255),
    contentType: attachmentSchema.shape.contentType,
    contentId: attachmentSchema.shape.contentId,
    content: attachmentSchema.shape.content.optional(),
    /** Path of a text in the event's data that is base64. */
    fromData: line(200)
      .regex(/^data(\.[^.]+)+$/, { error: "must be a path that starts with data." })
      .optional(),
  })
  .refine((file) => (file.content === undefined) !== (file.fromData === undefined), {
    error: "needs exactly one of content and fromData",
    path: ["content"],
  });

/** ICU messages by name, for each locale, and for all others under `default`. */
export const messagesSchema = z
  .record(
    z.string().regex(/^(default|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/, { error: "must be a locale or default" }),
    z.record(line(100), bodyText(10_000)),
  )
  .refine((messages) => Object.keys(messages).length <= localesMax + 1, { error: `has at most ${localesMax} locales` });

/** By BCP 47 locale; no two that differ in case alone. */
export const byLocale = <T extends z.ZodType>(schema: T) =>
  z.record(localeSchema, schema).superRefine((locales, context) => {
    const names = Object.keys(locales);
    if (names.length > localesMax) context.addIssue({ code: "custom", message: `has at most ${localesMax} locales` });
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name.toLowerCase()))
        context.addIssue({ code: "custom", path: [name], message: "is there twice, in different case" });
      seen.add(name.toLowerCase());
    }
  });

/** Body of `PUT /v1/templates/{key}`: per channel what its messages are made of. */
export const templateBodySchema = z
  .strictObject({
    name: line(200).optional(),
    engine: z.literal("handlebars").optional(),
    /** Key of the layout around `email.html` and `email.text`. */
    layout: keySchema.optional(),
    /** What becomes of a message whose template shows a variable that is not there: empty text, or the dead letters. */
    missing: z.enum(["empty", "fail"]).optional(),
    email: z
      .strictObject({
        ...channelFields.email,
        attachments: z.array(templateAttachmentSchema).max(limits.attachmentsPerMail),
      })
      .partial({ text: true, html: true, preheader: true, attachments: true, stored: true })
      .refine((mail) => mail.text !== undefined || mail.html !== undefined, { error: "needs text or html" })
      .refine((mail) => mail.preheader === undefined || mail.html !== undefined, {
        error: "stands in html, which is not there",
        path: ["preheader"],
      })
      .optional(),
    sms: z.strictObject(channelFields.sms).partial({ mediaUrls: true }).optional(),
    push: z.strictObject(channelFields.push).partial().required({ text: true }).optional(),
    in_app: z.strictObject(channelFields.in_app).partial().required({ text: true }).optional(),
    chat: z.strictObject(channelFields.chat).partial().required({ text: true }).optional(),
    voice: z.strictObject(channelFields.voice).optional(),
    /** Template of a JSON text; left out, the call carries the event's data. */
    webhook: z.strictObject(channelFields.webhook).partial().optional(),
    /** By locale what is different in a language: `de-AT`, then `de`, then the fields above, each field for itself. */
    locales: byLocale(variantSchema).optional(),
    /** What `{{t "name" count=data.n}}` shows. */
    messages: messagesSchema.optional(),
  })
  .refine((body) => channels.some((channel) => body[channel] !== undefined), {
    error: "needs content for at least one channel",
  })
  .superRefine((body, context) => {
    for (const [locale, variant] of Object.entries(body.locales ?? {})) {
      for (const channel of channels) {
        if (variant[channel] === undefined || body[channel] !== undefined) continue;
        const path = ["locales", locale, channel];
        context.addIssue({ code: "custom", path, message: `lies over ${channel}, which is not there` });
      }
      if (variant.email?.preheader !== undefined && body.email?.html === undefined) {
        const path = ["locales", locale, "email", "preheader"];
        context.addIssue({ code: "custom", path, message: "stands in html, which is not there" });
      }
    }
  });
export type TemplateBody = z.infer<typeof templateBodySchema>;
export type TemplateVariant = z.infer<typeof variantSchema>;
