import type { FeedbackKind } from "../../ports/provider.ts";
import { accountStatuses, type CodeRule, type CodeTable } from "../vendor-outcome.ts";

/** The account, its key, its balance or its sender lets nothing out. */
const account: CodeRule = { kind: "transient", scope: "integration" };
const final: CodeRule = { kind: "permanent" };
const busy: CodeRule = { kind: "transient", scope: "integration", minimumMs: 1000 };

/** `status` of a message by developer.vonage.com/api-errors/sms; 32 and 33 by the SDK (@vonage/sms 1.21.0, `SMSErrors`). */
export const vonageCodes: CodeTable = {
  ...accountStatuses,
  "429": busy,
  // throttled; too many binds
  "1": busy,
  "10": busy,
  // a parameter is missing, or wrong; the platform cannot make anything of it, such as a prefix that nobody has
  "2": final,
  "3": final,
  "6": final,
  // key or secret wrong; account suspended, without credit, not set up for HTTP; signature wrong; sender not allowed
  "4": account,
  "8": account,
  "9": account,
  "11": account,
  "14": account,
  "15": account,
  "32": account,
  "5": account,
  // blocked for this account, though the number may be good
  "7": final,
  "12": final,
  "22": final,
  "23": account,
  // a number that an account on trial has not listed
  "29": final,
  // the number is no longer in use
  "33": { kind: "permanent", suppress: true },
};

/** States of a delivery receipt that end something (developer.vonage.com/messaging/sms/guides/delivery-receipts). */
export const receiptStates: ReadonlyMap<string, readonly FeedbackKind[]> = new Map([
  ["delivered", ["delivered"]],
  ["expired", ["soft_bounced"]],
  ["failed", ["failed"]],
  ["rejected", ["failed"]],
  ["undelivered", ["failed"]],
  ["undeliverable", ["failed"]],
]);

/** `err-code` of a receipt, from the same page, where it says more of the address than the state does. */
export const receiptKinds: ReadonlyMap<string, readonly FeedbackKind[]> = new Map([
  // handset away; number no longer active; barred by the user; handset busy
  ["2", ["soft_bounced"]],
  ["3", ["bounced"]],
  ["4", ["bounced"]],
  ["7", ["soft_bounced"]],
  // opted out: developer.vonage.com/en/opt-out-assist/guides/messaging-opted-out-numbers
  ["9", ["failed", "unsubscribed"]],
  // no route to the number; prepaid without credit
  ["12", ["soft_bounced"]],
  ["15", ["soft_bounced"]],
]);
