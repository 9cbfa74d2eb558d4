import { z } from "zod";
import { dataSchema } from "./data.ts";
import { inlineRecipientSchema } from "./recipients.ts";
import { templateBodySchema } from "./templates.ts";
import { keySchema, localeSchema, recipientIdSchema } from "./text.ts";
import { channelSchema } from "./words.ts";

/** Body of `POST /v1/templates/{key}/preview`: what a template is rendered with. Nothing is sent or stored. */
export const previewBodySchema = z
  .strictObject({
    channel: channelSchema,
    /** In place of the recipient's. */
    locale: localeSchema.optional(),
    data: dataSchema.optional(),
    /** Somebody who is stored, by their id, or made up here. */
    recipient: z.union([recipientIdSchema, inlineRecipientSchema]).optional(),
    tenant: keySchema.optional(),
    /** An earlier version; the current one where left out. */
    version: z.int().min(1).optional(),
    /** A template that is not written yet, in place of the stored one. */
    template: templateBodySchema.optional(),
  })
  .refine((body) => body.version === undefined || body.template === undefined, {
    error: "cannot be asked for together with a template",
    path: ["version"],
  });

/** A message as it would go out. Of its files the sizes are told. */
export const previewSchema = z.object({
  content: z.object({
    subject: z.string().optional(),
    text: z.string().optional(),
    html: z.string().optional(),
    body: z.string().optional(),
    attachments: z
      .array(
        z.object({
          filename: z.string(),
          contentType: z.string(),
          contentId: z.string().optional(),
          bytes: z.int(),
        }),
      )
      .optional(),
    inApp: z
      .object({
        url: z.string().optional(),
        imageUrl: z.string().optional(),
        actions: z.array(z.object({ key: z.string(), label: z.string(), url: z.string().optional() })).optional(),
        data: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
    push: z
      .object({
        url: z.string().optional(),
        imageUrl: z.string().optional(),
        data: z.record(z.string(), z.string()).optional(),
        badge: z.int().optional(),
        sound: z.string().optional(),
        collapseKey: z.string().optional(),
      })
      .optional(),
    mediaUrls: z.array(z.string()).optional(),
    stored: z.object({ ids: z.record(z.string(), z.string()), data: z.record(z.string(), z.unknown()) }).optional(),
  }),
  /** The locale that the template has for the recipient; left out where that is the default. */
  locale: z.string().optional(),
  /** Variables that are shown and were not there. `document` is the layout or partial that shows one, if any does. */
  warnings: z.array(
    z.object({
      path: z.string(),
      document: z.string().optional(),
      line: z.int().optional(),
      variable: z.string(),
      message: z.string(),
    }),
  ),
});
export type Preview = z.infer<typeof previewSchema>;
