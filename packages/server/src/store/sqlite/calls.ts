import { acceptEvents } from "./calls/accept-events.ts";
import { addInboxItems } from "./calls/add-inbox-items.ts";
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
import { getDeadLetter, listDeadLetters } from "./calls/dead-letters.ts";
import { decisionCalls } from "./calls/decision-calls.ts";
import { dueEffects, dueEvents, dueRuns } from "./calls/due-events.ts";
import { dueMessages } from "./calls/due-messages.ts";
import { getEvent } from "./calls/get-event.ts";
import { getMessage, listMessages } from "./calls/get-message.ts";
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
import { loadDeliveries } from "./calls/load-deliveries.ts";
import { loadEvents } from "./calls/load-events.ts";
import { loadRecipients } from "./calls/load-recipients.ts";
import { loadRuns } from "./calls/load-runs.ts";
import { appendMail, findMail, listMail, purgeExpiredKeys, queueDepths, recentSums } from "./calls/maintenance.ts";
import { inboxHeads, readInboxes } from "./calls/read-inboxes.ts";
import { recentMessages } from "./calls/recent-messages.ts";
import { deleteRecipient, getRecipient, putRecipient } from "./calls/recipients.ts";
import { recordFeedback } from "./calls/record-feedback.ts";
import { recordOutcomes } from "./calls/record-outcomes.ts";
import { replayDeadLetters } from "./calls/replay-dead-letters.ts";
import { settleMessages } from "./calls/settle-messages.ts";
import { startAttempts } from "./calls/start-attempts.ts";
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
import type { SqliteCalls } from "./context.ts";

/** Every call of the Store port, as this engine does it. */
export const calls: SqliteCalls = {
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
  dueMessages,
  loadDeliveries,
  startAttempts,
  recordOutcomes,
  settleMessages,
  recordFeedback,
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
  getEvent,
  getMessage,
  listMessages,
  ...decisionCalls,
  listDeadLetters,
  getDeadLetter,
  replayDeadLetters,
  queueDepths,
  recentSums,
  purgeExpiredKeys,
  appendMail,
  listMail,
  findMail,
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
