import { type WebhookType, webhookTypes } from "@tidings/contract/webhooks";
import type { MessageState } from "@tidings/contract/words";

/** States of which endpoints are told. */
export const typeOfState: Partial<Record<MessageState, WebhookType>> = {
  sent: "message.sent",
  delivered: "message.delivered",
  failed: "message.failed",
  bounced: "message.bounced",
  suppressed: "message.suppressed",
  expired: "message.expired",
  canceled: "message.canceled",
  dead: "message.dead",
  unknown: "message.unknown",
};

/** Types as they are stored: names with spaces between them. */
export function typesOf(stored: string | null): WebhookType[] | null {
  if (stored === null) return null;
  const names = new Set(stored.split(" "));
  return webhookTypes.filter((type) => names.has(type));
}
