import type { ToldApart } from "../aws/refusal.ts";
import type { CodeTable } from "../vendor-outcome.ts";

const throttledMs = 1000;
/** The quota is one of 24 rolling hours, and gives way bit by bit. */
const quotaMs = 3_600_000;

/**
 * Errors of SendEmail and SendBulkEmail (docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html) and, in capitals,
 * statuses of an entry of SendBulkEmail (…/API_BulkEmailEntryResult.html).
 */
export const sesCodes: CodeTable = {
  AccountSuspendedException: { kind: "transient", scope: "integration" },
  BadRequestException: { kind: "permanent" },
  LimitExceededException: { kind: "transient", scope: "integration", minimumMs: throttledMs },
  MailFromDomainNotVerifiedException: { kind: "transient", scope: "integration" },
  MessageRejected: { kind: "permanent" },
  // of a template: what else is not found is told apart below
  NotFoundException: { kind: "permanent" },
  SendingPausedException: { kind: "transient", scope: "integration" },
  TooManyRequestsException: { kind: "transient", scope: "integration", minimumMs: throttledMs },
  InternalServiceErrorException: { kind: "transient" },
  daily_quota_exceeded: { kind: "transient", scope: "integration", minimumMs: quotaMs },
  identity_not_verified: { kind: "transient", scope: "integration" },
  configuration_set_not_found: { kind: "transient", scope: "integration" },

  MESSAGE_REJECTED: { kind: "permanent" },
  MAIL_FROM_DOMAIN_NOT_VERIFIED: { kind: "transient", scope: "integration" },
  CONFIGURATION_SET_NOT_FOUND: { kind: "transient", scope: "integration" },
  TEMPLATE_NOT_FOUND: { kind: "permanent" },
  ACCOUNT_SUSPENDED: { kind: "transient", scope: "integration" },
  ACCOUNT_THROTTLED: { kind: "transient", scope: "integration", minimumMs: throttledMs },
  ACCOUNT_DAILY_QUOTA_EXCEEDED: { kind: "transient", scope: "integration", minimumMs: quotaMs },
  INVALID_SENDING_POOL_NAME: { kind: "transient", scope: "integration" },
  ACCOUNT_SENDING_PAUSED: { kind: "transient", scope: "integration" },
  CONFIGURATION_SET_SENDING_PAUSED: { kind: "transient", scope: "integration" },
  INVALID_PARAMETER: { kind: "permanent" },
  TRANSIENT_FAILURE: { kind: "transient" },
  // SES says no more than that
  FAILED: { kind: "transient", attemptsMax: 3 },
};

/** Texts of docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html and …/manage-sending-quotas-errors.html. */
export const sesToldApart: readonly ToldApart[] = [
  // the sender's identity, or in the sandbox any recipient's: no message gets out before somebody has verified it
  { code: "MessageRejected", says: /\bnot verified\b/i, name: "identity_not_verified" },
  { code: "MessageRejected", says: /\bsending paused\b/i, name: "SendingPausedException" },
  { code: "TooManyRequestsException", says: /\bdaily\b/i, name: "daily_quota_exceeded" },
  { code: "ThrottlingException", says: /\bdaily\b/i, name: "daily_quota_exceeded" },
  { code: "NotFoundException", says: /\bconfiguration set\b/i, name: "configuration_set_not_found" },
  { code: "BadRequestException", says: /\bconfiguration set\b/i, name: "configuration_set_not_found" },
];
