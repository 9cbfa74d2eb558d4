import { z } from "zod";
import { attachmentSchema } from "./attachments.ts";
import { dataSchema, jsonSchema } from "./data.ts";
import { decisionFields } from "./decisions.ts";
import { inAppSchema } from "./in-app.ts";
import { limits } from "./limits.ts";
import { inlineRecipientSchema } from "./recipients.ts";
import { mediaUrlsSchema, pushSchema, storedSchema } from "./rich-content.ts";
import { bodyText, idSchema, keySchema, line, recipientIdSchema, timeSchema } from "./text.ts";
import { type Channel, channelSchema, laneSchema, messageStateSchema } from "./words.ts";

/** Content of one message, ready to send; no template engine touches it. */
export const contentSchema = z
  .strictObject({
    subject: line(998).optional(),
    text: bodyText(500_000).optional(),
    html: bodyText(500_000).optional(),
    /** Body of a webhook call: any JSON. Of a chat message an object of the vendor's own fields. */
    body: jsonSchema.optional(),
    /** Of an in-app message, whose title is the subject. */
    inApp: inAppSchema.optional(),
    /** Of a push message, whose title is the subject. */
    push: pushSchema.optional(),
    /** Of an SMS or a chat message. */
    mediaUrls: mediaUrlsSchema.optional(),
    /** Of a mail or a chat message: taken in place of all the rest by the providers that it names. */
    stored: storedSchema.optional(),
    /** Files of a mail. */
    attachments: z.array(attachmentSchema).max(limits.attachmentsPerMail).optional(),
  })
  .refine((content) => content.text !== undefined || content.html !== undefined || content.body !== undefined, {
    error: "needs text, html or body",
  });
export type Content = z.infer<typeof contentSchema>;

/** Parts that mean something on some channels only; elsewhere they would vanish unheard. */
const partChannels = {
  attachments: { channels: ["email"], error: "go with a mail only" },
  push: { channels: ["push"], error: "goes with a push message only" },
  mediaUrls: { channels: ["sms", "chat"], error: "go with an SMS or a chat message only" },
  stored: { channels: ["email", "chat"], error: "goes with a mail or a chat message only" },
} as const satisfies Partial<Record<keyof Content, { channels: readonly Channel[]; error: string }>>;
const parts = ["attachments", "push", "mediaUrls", "stored"] as const;

const isObject = (json: unknown): boolean => typeof json === "object" && json !== null && !Array.isArray(json);

const carries = (channel: Channel, content: Content): boolean =>
  content.text !== undefined || (channel === "email" && content.html !== undefined);

/** Body of `POST /v1/messages`: one message without a workflow. Exactly one of `template` and `content`. */
export const messageBodySchema = z
  .strictObject({
    channel: channelSchema,
    to: z.union([recipientIdSchema, inlineRecipientSchema]),
    category: keySchema,
    template: keySchema.optional(),
    content: contentSchema.optional(),
    data: dataSchema.optional(),
    tenant: keySchema.optional(),
    scheduledAt: timeSchema.optional(),
    expiresAt: timeSchema.optional(),
    cancellationKey: line(200).optional(),
  })
  .refine((body) => (body.template === undefined) !== (body.content === undefined), {
    error: "needs exactly one of template and content",
    path: ["template"],
  })
  .refine((body) => body.content === undefined || body.channel === "webhook" || carries(body.channel, body.content), {
    error: "needs text (or, for email, html)",
    path: ["content"],
  })
  .superRefine(({ channel, content }, context) => {
    for (const part of parts) {
      const { channels, error } = partChannels[part];
      const isThere = channels.some((one) => one === channel);
      if (content?.[part] !== undefined && !isThere)
        context.addIssue({ code: "custom", path: ["content", part], message: error });
    }
    if (channel === "chat" && content?.body !== undefined && !isObject(content.body))
      context.addIssue({ code: "custom", path: ["content", "body"], message: "must be an object" });
  });
export type MessageBody = z.infer<typeof messageBodySchema>;

export const attemptSchema = z.object({
  number: z.int(),
  callId: z.string(),
  integration: z.string(),
  startedAt: timeSchema,
  finishedAt: timeSchema.optional(),
  outcome: z.enum(["started", "accepted", "rejected", "unknown"]),
  code: z.string().optional(),
  detail: z.string().optional(),
  providerMessageId: z.string().optional(),
});

export const messageSchema = z.object({
  id: idSchema,
  event: idSchema,
  run: idSchema.optional(),
  workflow: z.string().optional(),
  workflowVersion: z.int().optional(),
  step: z.string().optional(),
  template: z.string().optional(),
  channel: channelSchema,
  lane: laneSchema,
  category: z.string(),
  tenant: z.string().optional(),
  recipient: z.string(),
  state: messageStateSchema,
  reason: z.string().optional(),
  createdAt: timeSchema,
  dueAt: timeSchema.optional(),
  expiresAt: timeSchema.optional(),
  sentAt: timeSchema.optional(),
  deliveredAt: timeSchema.optional(),
  openedAt: timeSchema.optional(),
  clickedAt: timeSchema.optional(),
  readAt: timeSchema.optional(),
  complainedAt: timeSchema.optional(),
  attempts: z.array(attemptSchema),
  decisions: z.array(z.object(decisionFields)),
});
export type MessageView = z.infer<typeof messageSchema>;

export const messageQuerySchema = z.strictObject({
  state: messageStateSchema.optional(),
  channel: channelSchema.optional(),
  recipient: recipientIdSchema.optional(),
  event: idSchema.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
});
