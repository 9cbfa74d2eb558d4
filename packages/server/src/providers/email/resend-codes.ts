import { accountStatuses, type CodeTable } from "../vendor-outcome.ts";
import { kinds } from "./http-mail-feedback.ts";

const account = { kind: "transient", scope: "integration" } as const;
const hourMs = 3_600_000;

/**
 * `name` of an error (resend.com/docs/api-reference/errors; resend-node, RESEND_ERROR_CODE_KEY). One name stands for two things:
 * with 401 and 403 a `validation_error` is about key, domain or a test address, and found here by its status.
 */
export const resendErrors: CodeTable = {
  ...accountStatuses,
  "429": account,
  // 400 and 422
  validation_error: { kind: "permanent" },
  invalid_idempotency_key: { kind: "permanent" },
  missing_required_field: { kind: "permanent" },
  invalid_parameter: { kind: "permanent" },
  invalid_attachment: { kind: "permanent" },
  // 401 and 403
  missing_api_key: account,
  invalid_api_key: account,
  restricted_api_key: account,
  suspended_api_key: account,
  invalid_from_address: account,
  invalid_access: account,
  invalid_region: account,
  // a template that is not there
  not_found: { kind: "permanent" },
  method_not_allowed: { kind: "permanent" },
  // 429: a quota is not renewed within minutes
  rate_limit_exceeded: account,
  daily_quota_exceeded: { ...account, minimumMs: hourMs },
  monthly_quota_exceeded: { ...account, minimumMs: hourMs },
  // 451
  security_error: { kind: "permanent" },
  // 500
  application_error: account,
  internal_server_error: account,
};

/** `type` of a webhook (resend.com/docs/webhooks/event-types). Others (sent, scheduled, delivery_delayed …) move nothing. */
export const resendEvents = kinds({
  "email.delivered": "delivered",
  // `bounce.type` says which, see below
  "email.bounced": "bounced",
  "email.complained": "complained",
  "email.opened": "opened",
  "email.clicked": "clicked",
  "email.failed": "failed",
  // the address is on Resend's list, as it bounced or complained before
  "email.suppressed": "bounced",
});

/** `bounce.type`, as SES has them. */
export const resendBounceTypes = kinds({
  Permanent: "bounced",
  Transient: "soft_bounced",
  Undetermined: "soft_bounced",
});
