import { accountStatuses, type CodeTable } from "../vendor-outcome.ts";
import { kinds } from "./http-mail-feedback.ts";

const account = { kind: "transient", scope: "integration" } as const;

/** Mailgun tells of refusals by status, and by a text for people (documentation.mailgun.com, "Send an email", responses). */
export const mailgunStatuses: CodeTable = {
  ...accountStatuses,
  // no such domain in this account, or not in this region
  "404": account,
  "429": account,
};

/** `event` of a webhook (documentation.mailgun.com, "Webhook payloads"). Others (accepted, stored) move nothing. */
export const mailgunEvents = kinds({
  delivered: "delivered",
  // severity and reason say which, see below
  failed: "failed",
  // by Mailgun itself, after it took the mail: a virus, a policy
  rejected: "failed",
  complained: "complained",
  unsubscribed: "unsubscribed",
  opened: "opened",
  clicked: "clicked",
});

/**
 * `reason` of a permanent failure, as the events and statistics of Mailgun name them. Others (generic, espblock, webhook) are a
 * matter of the mail, the sender or the domain: the address may be good.
 */
export const mailgunReasons = kinds({
  bounce: "bounced",
  "delayed-bounce": "bounced",
  "suppress-bounce": "bounced",
  "suppress-complaint": "complained",
  "suppress-unsubscribe": "unsubscribed",
  // tried for eight hours
  old: "soft_bounced",
});
