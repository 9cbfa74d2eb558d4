import { z } from "zod";
import { messageSchema } from "./messages.ts";
import {
  consentUpdatedSchema,
  messageRepliedSchema,
  preferenceUpdatedSchema,
  recipientUpdatedSchema,
} from "./recipient-webhooks.ts";
import { timeSchema } from "./text.ts";
import { messageWebhookTypes, type RecipientWebhookType } from "./webhooks.ts";

/** What is told of a recipient, by its type: the `data` of its call. */
export const recipientWebhookSchemas = {
  "message.replied": messageRepliedSchema,
  "preference.updated": preferenceUpdatedSchema,
  "consent.updated": consentUpdatedSchema,
  "recipient.updated": recipientUpdatedSchema,
} as const satisfies Record<RecipientWebhookType, z.ZodType>;
export type RecipientWebhookData = {
  [Type in RecipientWebhookType]: z.infer<(typeof recipientWebhookSchemas)[Type]>;
};

/** What is told of a message: it as it is when the call is made, so that its state may be further than the type says. */
const messageWebhookSchema = z.object({
  type: z.enum(messageWebhookTypes),
  timestamp: timeSchema,
  data: messageSchema.omit({ attempts: true }),
});
export type MessageWebhook = z.infer<typeof messageWebhookSchema>;

const told = <Type extends RecipientWebhookType, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), timestamp: timeSchema, data });

/** What is posted to an endpoint. Of a recipient, `data` is what it was when it happened. */
export const webhookEventSchema = z.discriminatedUnion("type", [
  messageWebhookSchema,
  told("message.replied", messageRepliedSchema),
  told("preference.updated", preferenceUpdatedSchema),
  told("consent.updated", consentUpdatedSchema),
  told("recipient.updated", recipientUpdatedSchema),
]);
export type WebhookEvent = z.infer<typeof webhookEventSchema>;
