import type { Delivery } from "./delivery.ts";
import type { MessageOrigin } from "./message.ts";

/** An origin, for tests that name the fields that they are about. */
export function someOrigin(over: Partial<MessageOrigin> = {}): MessageOrigin {
  return {
    environmentId: 1,
    workflow: "w",
    workflowVersion: 1,
    step: "s",
    template: "t",
    templateVersion: 1,
    channel: "email",
    lane: "transactional",
    category: "c",
    tenant: "",
    ...over,
  };
}

/** A message on its way for the first time. */
export function someDelivery(id: string, origin: MessageOrigin): Delivery {
  return {
    id,
    eventId: "e",
    origin,
    recipient: { id: "u", attributes: {} },
    to: "u@example.org",
    addressKnownSince: 0,
    content: undefined,
    data: {},
    steps: undefined,
    trace: null,
    createdAt: 0,
    expiresAt: null,
    attempts: 0,
    firstAttemptAt: null,
    last: undefined,
  };
}
