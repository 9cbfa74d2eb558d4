import type { MessageWebhook, RecipientWebhookData } from "@tidings/contract/webhook-events";

/** Nobody's message. */
export function exampleMessage(at: string): MessageWebhook["data"] {
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

/** What nobody has done. */
export function exampleData(at: string): RecipientWebhookData {
  const subject = { recipient: "example", at };
  return {
    "message.replied": {
      ...subject,
      id: "example",
      integration: "example",
      channel: "sms",
      text: "STOP example",
      keyword: "stop",
      category: "example",
    },
    "preference.updated": {
      ...subject,
      source: "preference_centre",
      changed: [{ scope: "category", key: "example", channel: "email", choice: "weekly" }],
      preferences: { categories: { example: { email: "weekly" } } },
    },
    "consent.updated": {
      ...subject,
      id: "00000000-0000-8000-8000-000000000000",
      source: "one_click",
      purpose: "example",
      channel: "email",
      action: "withdrawn",
    },
    "recipient.updated": {
      ...subject,
      source: "api",
      change: "updated",
      changed: ["locale"],
      locale: "de-AT",
      attributes: {},
    },
  };
}
