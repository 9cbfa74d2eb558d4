import { z } from "zod";
import { limits } from "./limits.ts";
import { idSchema, keySchema, line, timeSchema } from "./text.ts";
import type { MessageState } from "./words.ts";

/** What an endpoint can be told of a message. */
export const messageWebhookTypes = [
  "message.sent",
  "message.delivered",
  "message.failed",
  "message.bounced",
  "message.suppressed",
  "message.expired",
  "message.canceled",
  "message.dead",
  "message.unknown",
  "message.opened",
  "message.clicked",
  "message.read",
  "message.complained",
] as const satisfies readonly `message.${MessageState | "opened" | "clicked" | "read" | "complained"}`[];
/** What it can be told of a recipient, one after the other as it happened. */
export const recipientWebhookTypes = [
  "message.replied",
  "preference.updated",
  "consent.updated",
  "recipient.updated",
] as const;
export type RecipientWebhookType = (typeof recipientWebhookTypes)[number];
/** Stored by their place in this list, to which new ones are only appended. */
export const webhookTypes = [...messageWebhookTypes, ...recipientWebhookTypes] as const;
export const webhookTypeSchema = z.enum(webhookTypes);
export type WebhookType = z.infer<typeof webhookTypeSchema>;

const endpointUrlSchema = line(2000).refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password } = new URL(text);
    return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
  },
  { error: "must be an http or https URL without user name and password" },
);

/** Body of `POST /v1/webhooks` and `PUT /v1/webhooks/{id}`. */
export const webhookBodySchema = z.strictObject({
  url: endpointUrlSchema,
  description: line(500).optional(),
  /** All where left out. */
  types: z.array(webhookTypeSchema).min(1).max(webhookTypes.length).optional(),
  /** Only what messages and recipients of this tenant do. */
  tenant: keySchema.optional(),
  /** True where left out; written, it enables an endpoint that was disabled. */
  enabled: z.boolean().optional(),
});
export type WebhookBody = z.infer<typeof webhookBodySchema>;

export const webhookDisabledReasons = ["gone", "failing"] as const;

export const webhookSchema = z.object({
  id: idSchema,
  url: z.string(),
  description: z.string().optional(),
  types: z.array(webhookTypeSchema).optional(),
  tenant: z.string().optional(),
  enabled: z.boolean(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
  /** Since when every call has failed; left out where the last one did not. */
  failingSince: timeSchema.optional(),
  /** When the server itself disabled it: `gone` after an answer of 410, `failing` after five days of nothing but failures. */
  disabledAt: timeSchema.optional(),
  disabledReason: z.enum(webhookDisabledReasons).optional(),
});
export type WebhookView = z.infer<typeof webhookSchema>;

/** The answer to `POST /v1/webhooks`. */
export const newWebhookSchema = webhookSchema.extend({ secret: z.string() });
export type NewWebhook = z.infer<typeof newWebhookSchema>;

export const webhookSecretSchema = z.object({
  /** `whsec_` and base64 of 32 bytes. */
  secret: z.string(),
  /** Replaced ones that sign beside it until their time is over. */
  previous: z.array(z.object({ secret: z.string(), validUntil: timeSchema })),
});
export type WebhookSecretView = z.infer<typeof webhookSecretSchema>;

export const webhookRotateBodySchema = z.strictObject({
  /** How long the replaced secret signs beside the new one: a day where left out. */
  previousValidSeconds: z.int().min(0).max(limits.webhookSecretOverlapSeconds).optional(),
});

export const webhookTestBodySchema = z.strictObject({ type: webhookTypeSchema.optional() });

/** `dead`: its tries are over, the endpoint said 410, or its message or recipient is gone; a resend tries anew. */
export const webhookDeliveryStates = ["waiting", "delivered", "dead"] as const;
export const webhookDeliveryStateSchema = z.enum(webhookDeliveryStates);
export type WebhookDeliveryState = z.infer<typeof webhookDeliveryStateSchema>;

export const webhookDeliverySchema = z.object({
  /** The `webhook-id`, the same for all attempts and resends. */
  id: idSchema,
  type: webhookTypeSchema,
  /** Left out for an example, and for what is about a recipient. */
  message: idSchema.optional(),
  /** Whom it is about, where that is no message. */
  recipient: z.string().optional(),
  state: webhookDeliveryStateSchema,
  /** When it happened. */
  at: timeSchema,
  /** Left out where it is settled, and while it waits behind an earlier one of its recipient. */
  dueAt: timeSchema.optional(),
  settledAt: timeSchema.optional(),
  /** The latest 50, in order. */
  attempts: z.array(
    z.object({
      number: z.int(),
      at: timeSchema,
      durationMs: z.int(),
      /** Left out where there was no answer. */
      status: z.int().optional(),
      /** Why it failed; left out where it did not. */
      code: z.string().optional(),
    }),
  ),
});
export type WebhookDeliveryView = z.infer<typeof webhookDeliverySchema>;

export const webhookDeliveryQuerySchema = z.strictObject({
  state: webhookDeliveryStateSchema.optional(),
  type: webhookTypeSchema.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageSize).optional(),
});
