import { acceptEvents } from "./calls/accept-events.ts";
import { addInboxItems } from "./calls/add-inbox-items.ts";
import { allowanceCalls } from "./calls/allowances.ts";
import { audienceCalls } from "./calls/audience-calls.ts";
import { cancelEvents } from "./calls/cancel-events.ts";
import { changeInbox } from "./calls/change-inbox.ts";
import { commitEvents } from "./calls/commit-events.ts";
import { commitRuns } from "./calls/commit-runs.ts";
import {
  configurationSince,
  getConfiguration,
  listConfiguration,
  listConfigurationVersions,
} from "./calls/configuration.ts";
import { deadLetterCalls } from "./calls/dead-letter-calls.ts";
import { decisionCalls } from "./calls/decision-calls.ts";
import { deliverCalls } from "./calls/deliver-calls.ts";
import { dueEffects, dueEvents, dueRuns } from "./calls/due-events.ts";
import { feedbackCalls } from "./calls/feedback-calls.ts";
import { getEvent } from "./calls/get-event.ts";
import { getMessage } from "./calls/get-message.ts";
import { inboundMailCalls } from "./calls/inbound-mail.ts";
import { openInbox, revokeInboxTokens } from "./calls/inbox-tokens.ts";
import {
  createApiKey,
  createEnvironment,
  findApiKey,
  listApiKeys,
  listEnvironments,
  revokeApiKey,
} from "./calls/keys.ts";
import { getInboxItem, listInbox } from "./calls/list-inbox.ts";
import { listMessages } from "./calls/list-messages.ts";
import { loadEvents } from "./calls/load-events.ts";
import { loadRecipients } from "./calls/load-recipients.ts";
import { loadRuns } from "./calls/load-runs.ts";
import { maintenanceCalls } from "./calls/maintenance-calls.ts";
import { inboxHeads, readInboxes } from "./calls/read-inboxes.ts";
import { recentMessages } from "./calls/recent-messages.ts";
import { deleteRecipient, getRecipient, putRecipient } from "./calls/recipients.ts";
import { statisticCalls } from "./calls/statistics.ts";
import { addSuppressions, listSuppressions, removeSuppressions } from "./calls/suppressions.ts";
import { sweepAttention } from "./calls/sweep-attention.ts";
import { sweepInboxes } from "./calls/sweep-inboxes.ts";
import { deleteTenant, getTenant, listTenants, putTenant } from "./calls/tenants.ts";
import { supersededWaits, wakeRuns } from "./calls/waits.ts";
import {
  dueWebhookDeliveries,
  hookedEnvironments,
  loadWebhookCall,
  recordWebhookAttempt,
} from "./calls/webhook-calls.ts";
import {
  addWebhookExample,
  listWebhookDeliveries,
  purgeWebhookDeliveries,
  resendWebhookDelivery,
} from "./calls/webhook-log.ts";
import { createWebhook, deleteWebhook, getWebhook, listWebhooks, putWebhook } from "./calls/webhooks.ts";
import { writeDocuments } from "./calls/write-documents.ts";
import { choiceCalls } from "./choice-calls.ts";
import type { PostgresCalls } from "./context.ts";

/** Every call of the Store port, as this engine does it. */
export const calls: PostgresCalls = {
  acceptEvents,
  cancelEvents,
  dueEvents,
  loadEvents,
  loadRecipients,
  commitEvents,
  recentMessages,
  dueRuns,
  dueEffects,
  loadRuns,
  commitRuns,
  wakeRuns,
  ...deliverCalls,
  ...feedbackCalls,
  ...inboundMailCalls,
  writeDocuments,
  getConfiguration,
  listConfiguration,
  listConfigurationVersions,
  configurationSince,
  supersededWaits,
  putTenant,
  getTenant,
  listTenants,
  deleteTenant,
  listEnvironments,
  createEnvironment,
  createApiKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  putRecipient,
  getRecipient,
  deleteRecipient,
  ...choiceCalls,
  addSuppressions,
  listSuppressions,
  removeSuppressions,
  addInboxItems,
  changeInbox,
  listInbox,
  getInboxItem,
  readInboxes,
  inboxHeads,
  openInbox,
  revokeInboxTokens,
  sweepAttention,
  sweepInboxes,
  ...audienceCalls,
  ...allowanceCalls,
  getEvent,
  getMessage,
  listMessages,
  ...decisionCalls,
  ...deadLetterCalls,
  ...maintenanceCalls,
  ...statisticCalls,
  createWebhook,
  putWebhook,
  getWebhook,
  listWebhooks,
  deleteWebhook,
  addWebhookExample,
  listWebhookDeliveries,
  resendWebhookDelivery,
  hookedEnvironments,
  dueWebhookDeliveries,
  loadWebhookCall,
  recordWebhookAttempt,
  purgeWebhookDeliveries,
};
