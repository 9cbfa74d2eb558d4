import type { MessageView } from "@tidings/contract/messages";
import { type MessageWebhook, recipientWebhookSchemas, type WebhookEvent } from "@tidings/contract/webhook-events";
import { type RecipientWebhookType, recipientWebhookTypes, type WebhookType } from "@tidings/contract/webhooks";
import { sealContext } from "../../../domain/event-payload.ts";
import type { MessageRow } from "../../../ports/store/log.ts";
import type { WebhookCall } from "../../../ports/store/webhooks.ts";
import { exampleData, exampleMessage } from "./examples.ts";
import type { WebhookDependencies } from "./ports.ts";

type PayloadDependencies = Pick<WebhookDependencies, "keyring" | "view">;
/** Its body, or why there is none any more. */
export type Payload = { body: string } | { gone: "message_gone" | "recipient_erased" };

/**
 * The body of a call. Of a message it is made when the call is: ids, times and states, no address and no content, so that nothing of it
 * has to be kept. Of a recipient it was sealed when it happened, with a key that an erasure takes along.
 */
export function payloadOf(call: WebhookCall, on: PayloadDependencies): Payload {
  const { type, at } = call.delivery;
  const data = isOfRecipient(type) ? recipientData(call, type, on) : messageData(call, on.view);
  if ("gone" in data) return data;
  return { body: JSON.stringify({ type, timestamp: iso(at), data: data.data }) };
}

function messageData(
  { delivery, message }: WebhookCall,
  view: (row: MessageRow) => MessageView,
): { data: MessageWebhook["data"] } | { gone: "message_gone" } {
  if (message !== null) return { data: withoutAttempts(view(message)) };
  return delivery.messageId === "" ? { data: exampleMessage(iso(delivery.at)) } : { gone: "message_gone" };
}

function recipientData(
  { delivery, recipientKey }: WebhookCall,
  type: RecipientWebhookType,
  { keyring }: PayloadDependencies,
): { data: WebhookEvent["data"] } | { gone: "recipient_erased" } {
  const { recipient, payload } = delivery;
  const at = iso(delivery.at);
  if (recipient === "") return { data: exampleData(at)[type] };
  if (payload === null)
    return { data: recipientWebhookSchemas["recipient.updated"].parse({ ...erasure, recipient, at }) };
  if (recipientKey === null) return { gone: "recipient_erased" };
  let opened: string;
  try {
    opened = keyring.unsealForRecipient(recipientKey, sealContext.webhookData, payload);
  } catch {
    // Somebody of the same id, who came later: the key that it was sealed with is gone.
    return { gone: "recipient_erased" };
  }
  return { data: recipientWebhookSchemas[type].parse(JSON.parse(opened)) };
}

const erasure = { source: "api", change: "erased", changed: [] };

function isOfRecipient(type: WebhookType): type is RecipientWebhookType {
  return recipientWebhookTypes.some((one) => one === type);
}

const iso = (at: number): string => new Date(at).toISOString();

function withoutAttempts({ attempts: _, ...data }: MessageView): MessageWebhook["data"] {
  return data;
}
