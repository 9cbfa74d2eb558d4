import { allowanceHandlers } from "./allowances.ts";
import { apiKeyHandlers } from "./api-keys.ts";
import { campaignHandlers } from "./campaigns.ts";
import { configurationHandlers } from "./configuration.ts";
import { confirmationHandlers } from "./consent-confirmations.ts";
import { consentHandlers } from "./consents.ts";
import { deadLetterHandlers } from "./dead-letters.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { dryRunHandlers } from "./dry-run/handlers.ts";
import { historyHandlers } from "./dry-run/history.ts";
import { environmentHandlers } from "./environment-list.ts";
import type { Environments } from "./environments.ts";
import { eventHandlers } from "./events.ts";
import type { Handlers } from "./handler.ts";
import { inboundMailHandlers } from "./inbound-mails.ts";
import { inboxTokenHandlers } from "./inbox/tokens.ts";
import { integrationHandlers } from "./integrations.ts";
import { messageHandlers } from "./messages.ts";
import { pauseHandlers } from "./pauses.ts";
import { preferenceHandlers } from "./preferences.ts";
import { previewHandlers } from "./preview.ts";
import { queueHandlers } from "./queues.ts";
import { readinessHandlers } from "./readiness.ts";
import { recipientDecisionHandlers } from "./recipient-decisions.ts";
import { recipientHandlers } from "./recipients.ts";
import { replayHandlers } from "./replays.ts";
import { segmentHandlers } from "./segments.ts";
import { statisticHandlers } from "./statistics.ts";
import { suppressionHandlers } from "./suppressions/handlers.ts";
import { tenantHandlers } from "./tenants.ts";
import { topicHandlers } from "./topics.ts";
import { webhookDeliveryHandlers } from "./webhook-deliveries.ts";
import { webhookHandlers } from "./webhooks.ts";
import { workerHandlers } from "./workers.ts";

/** What answers each operation of the contract that asks for an API key. */
export function handlersOf(dependencies: ApiDependencies, environments: Environments): Handlers {
  return {
    ...eventHandlers(dependencies),
    ...messageHandlers(dependencies),
    ...recipientHandlers(dependencies),
    ...preferenceHandlers(dependencies),
    ...consentHandlers(dependencies),
    ...segmentHandlers(dependencies),
    ...recipientDecisionHandlers(dependencies),
    ...confirmationHandlers(dependencies),
    ...campaignHandlers(dependencies),
    ...replayHandlers(dependencies),
    ...suppressionHandlers(dependencies),
    ...inboxTokenHandlers(dependencies),
    ...configurationHandlers(dependencies.configuration),
    ...integrationHandlers(dependencies),
    ...previewHandlers(dependencies),
    ...dryRunHandlers(dependencies),
    ...historyHandlers(dependencies),
    ...tenantHandlers(dependencies),
    ...topicHandlers(dependencies),
    ...deadLetterHandlers(dependencies),
    ...pauseHandlers(dependencies),
    ...readinessHandlers(dependencies),
    ...inboundMailHandlers(dependencies),
    ...queueHandlers(dependencies),
    ...allowanceHandlers(dependencies),
    ...statisticHandlers(dependencies),
    ...workerHandlers(dependencies.workers),
    ...apiKeyHandlers(dependencies, environments),
    ...webhookHandlers(dependencies),
    ...webhookDeliveryHandlers(dependencies),
    ...environmentHandlers(dependencies.store, environments),
  };
}
