import type { FeedbackKind } from "../../ports/provider.ts";
import { accountStatuses, type CodeRule, type CodeTable } from "../vendor-outcome.ts";

const minute = 60_000;
/** The account, its key or its sender lets nothing out: another integration may. */
const account: CodeRule = { kind: "transient", scope: "integration" };
/** Of this message: it fails the same way the next time. */
const final: CodeRule = { kind: "permanent" };
const gone: CodeRule = { kind: "permanent", suppress: true };
const busy: CodeRule = { kind: "transient", scope: "integration", minimumMs: 1000 };

/**
 * Twilio's codes, by the page twilio.com/docs/api/errors/<code> of each; those with † are from memory, their pages were not at
 * hand. Codes that only reports name are listed too, as Twilio moves checks to the front now and then.
 */
export const twilioCodes: CodeTable = {
  ...accountStatuses,
  // Nothing of a call that is answered with 429 was processed
  "429": busy,
  "20429": busy,
  "20503": account,
  // the account is not active; out of funds; suspended or closed; wrong key; wrong AccountSid †
  "10001": account,
  "20003": account,
  "20005": account,
  "20403": account,
  "20404": account,
  // From: not verified, malformed †, not a number of Twilio's, left out †, of another account, without SMS, of a trial
  "21210": account,
  "21212": account,
  "21601": account,
  "21603": account,
  "21606": account,
  "21607": account,
  "21659": account,
  "21660": account,
  "21661": account,
  // WhatsApp's sender: not found, module not set up, not found on the channel
  "63002": account,
  "63007": account,
  "63008": account,
  // its queue is longer than ten hours; the messaging service has no number †
  "21611": { kind: "transient", scope: "integration", minimumMs: minute },
  "21703": account,
  // To: not valid, not reached, premium, a short code, the sender itself, not mobile, a landline
  "21202": final,
  "21211": final,
  "21214": final,
  "21217": final,
  "21265": final,
  "21266": final,
  "21614": final,
  "21635": final,
  // not verified, by an account on trial
  "21219": final,
  "21608": final,
  // The country is not switched on for calls, for messages; this sender cannot reach that number
  "21215": final,
  "21408": final,
  "21612": final,
  "21610": gone,
  // What is said: nothing †, too long, a media URL that is none †, nothing at all, variables without a template
  "21602": final,
  "21617": final,
  "21620": final,
  "21619": final,
  "21654": final,
  "21655": final,
  "21656": final,
  // Queue overflow; account suspended; handset away; blocked; unknown; landline; filtered; unknown error
  "30001": { kind: "transient", scope: "integration", minimumMs: minute },
  "30002": account,
  "30003": { kind: "transient", minimumMs: 30 * minute },
  "30004": final,
  "30005": gone,
  "30006": gone,
  "30007": final,
  "30008": { kind: "transient", attemptsMax: 2 },
  "30022": busy,
  "30410": { kind: "transient", minimumMs: minute },
  // WhatsApp: not there, against its rules, blocked by the user, outside of the 24 hours, content that it does not take
  "63003": final,
  "63013": final,
  "63014": gone,
  "63016": final,
  "63021": final,
  // recipient cannot get it (WhatsApp's 1002 and 1026, by twilio.com/docs/whatsapp/tutorial/error-codes)
  "63024": final,
  // rates: of the account, of the channel, of the sender's tier
  "63017": busy,
  "63018": { kind: "transient", scope: "integration", minimumMs: minute },
  "63119": { kind: "transient", scope: "integration", minimumMs: minute },
};

/** What a message that failed tells of its address, by its `ErrorCode`; all others fail for a reason that is not the address's. */
export const failureKinds: ReadonlyMap<string, readonly FeedbackKind[]> = new Map([
  ["21610", ["failed", "unsubscribed"]],
  ["30003", ["soft_bounced"]],
  ["30005", ["bounced"]],
  ["30006", ["bounced"]],
  // not on WhatsApp, or not at the moment
  ["63003", ["soft_bounced"]],
  ["63014", ["failed", "unsubscribed"]],
  ["63024", ["soft_bounced"]],
]);

/**
 * Message and call states that end something (twilio.com/docs/messaging/api/message-resource#message-status-values and
 * twilio.com/docs/voice/api/call-resource#call-status-values); undefined stands for `failureKinds`. What is not listed moves nothing.
 */
export const messageStates: ReadonlyMap<string, readonly FeedbackKind[] | undefined> = new Map([
  ["delivered", ["delivered"]],
  ["read", ["read"]],
  ["undelivered", undefined],
  ["failed", undefined],
  ["canceled", ["failed"]],
]);
export const callStates: ReadonlyMap<string, readonly FeedbackKind[]> = new Map([
  ["completed", ["delivered"]],
  ["busy", ["soft_bounced"]],
  ["no-answer", ["soft_bounced"]],
  ["failed", ["failed"]],
  ["canceled", ["failed"]],
]);
