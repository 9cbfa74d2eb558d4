import { accountStatuses, type CodeTable } from "../vendor-outcome.ts";
import { kinds } from "./http-mail-feedback.ts";

/**
 * SendGrid tells of refusals by status alone (API reference, v3 Mail Send, "Errors"). 401 also stands for credits that are used
 * up, 403 for a sender that is not verified: both are the account's.
 */
export const sendgridStatuses: CodeTable = {
  ...accountStatuses,
  // "Rate Limits": counted per account, until X-RateLimit-Reset
  "429": { kind: "transient", scope: "integration" },
};

/** `event` of the Event Webhook. What is not listed (processed, deferred, group_resubscribe, account changes) moves nothing. */
export const sendgridEvents = kinds({
  delivered: "delivered",
  // "Bounce and blocked events": `type` says which, see below
  bounce: "bounced",
  // `reason` says why, see below
  dropped: "failed",
  spamreport: "complained",
  unsubscribe: "unsubscribed",
  group_unsubscribe: "unsubscribed",
  open: "opened",
  click: "clicked",
});

/** `type` of a bounce. A block is about the mail or the sender, or given up after 72 hours; SendGrid itself sends there again. */
export const sendgridBounceTypes = kinds({
  bounce: "bounced",
  blocked: "soft_bounced",
  expired: "soft_bounced",
});

/** `reason` of what was dropped, in lower case (Event Webhook Reference, "Dropped"). Others are the message's or the account's. */
export const sendgridDropReasons = kinds({
  "bounced address": "bounced",
  invalid: "bounced",
  "spam reporting address": "complained",
  "unsubscribed address": "unsubscribed",
});
