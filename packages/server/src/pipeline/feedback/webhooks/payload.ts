import type { MessageView } from "@tidings/contract/messages";
import type { WebhookEvent } from "@tidings/contract/webhooks";
import type { MessageRow } from "../../../ports/store/log.ts";
import type { WebhookCall } from "../../../ports/store/webhooks.ts";

/** What `POST /v1/webhooks/{id}/test` sends: nobody's message. */
function example(at: string): WebhookEvent["data"] {
  return {
    id: "00000000-0000-8000-8000-000000000000",
    event: "00000000-0000-8000-8000-000000000000",
    workflow: "example",
    workflowVersion: 1,
    step: "mail",
    channel: "email",
    lane: "transactional",
    category: "example",
    recipient: "example",
    state: "delivered",
    createdAt: at,
    sentAt: at,
    deliveredAt: at,
    decisions: [],
  };
}

/**
 * The body of a call, made when it is made: ids, times and states, no address and no content, so that nothing of it has to be
 * kept. Undefined where its message is gone.
 */
export function payloadOf(
  { delivery, message }: WebhookCall,
  view: (row: MessageRow) => MessageView,
): string | undefined {
  const timestamp = new Date(delivery.at).toISOString();
  if (message === null && delivery.messageId !== "") return undefined;
  const event: WebhookEvent = {
    type: delivery.type,
    timestamp,
    data: message === null ? example(timestamp) : withoutAttempts(view(message)),
  };
  return JSON.stringify(event);
}

function withoutAttempts({ attempts: _, ...data }: MessageView): WebhookEvent["data"] {
  return data;
}
