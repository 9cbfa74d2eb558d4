import { messageView } from "../api/views.ts";
import { Webhooks } from "../pipeline/feedback/webhooks/webhooks.ts";
import type { PipelineParts } from "./pipeline-parts.ts";

/** The part of the feedback stage that tells endpoints, with the limits of the settings. */
export function createWebhooks(parts: PipelineParts): Webhooks {
  const { config, observer } = parts;
  return new Webhooks({
    ...parts,
    view: messageView,
    limits: {
      openMax: config.webhooks.callsMax,
      openPerBoundMax: config.webhooks.endpointCallsMax,
      heldPerKeyMax: config.webhooks.endpointWaitingMax,
      lookMax: config.webhooks.lookMax,
      pollMs: config.queue.pollIntervalMs,
      timeoutMs: config.webhooks.timeoutMs,
      failingMaxMs: config.webhooks.failingMaxMs,
    },
    onCalled: (delivery, answer, dead, tookMs) => observer.onWebhookCalled(delivery, answer, dead, tookMs),
    onDisabled: (webhookId, reason) => observer.onWebhookDisabled(webhookId, reason),
    onFault: (where, id, error) => observer.onFault(where, id, error),
  });
}
