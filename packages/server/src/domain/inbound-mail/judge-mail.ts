import { type EnvironmentHash, readReturnPath } from "../return-path.ts";
import { isAutomatic } from "./automatic.ts";
import { type DeliveryFinding, readDeliveryReport } from "./delivery-report.ts";
import type { DeliveryKind } from "./failure-kind.ts";
import { readFeedbackReport } from "./feedback-report.ts";
import type { InboundResult, UnreadableReason } from "./inbound-result.ts";
import { headerOf, type MailParts, reportTypeOf, textOfPart } from "./mail-parts.ts";
import { readQmailNotice } from "./qmail-notice.ts";

/** Whom a mail is about, by an address that only we can have made. */
export interface NamedMessage {
  environmentId: number;
  messageId: string;
}

export type MailFinding =
  | { result: "told"; named: NamedMessage; kind: DeliveryKind | "complained"; code: string }
  | { result: Extract<InboundResult, "no_news" | "automatic" | "no_report" | "unsigned"> }
  | { result: "unreadable"; reason: UnreadableReason };

export interface JudgeInput {
  mail: MailParts;
  /** Who it was for by its envelope, or by the header that stands for it: no other address is looked at. */
  recipients: readonly string[];
  hash: EnvironmentHash;
}

const original = ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"];

/**
 * What a mail tells of a message. Nothing in a bounce is signed but the address that it came to, so that without one it changes
 * nothing, whatever it says; a complaint comes to an address of the mailbox provider's choice, and is believed for the return
 * path of the mail that it carries.
 */
export function judgeMail({ mail, recipients, hash }: JudgeInput): MailFinding {
  if (reportTypeOf(mail) === "feedback-report") return judgeComplaint(mail, hash);
  const named = firstNamed(recipients, hash);
  if (named === undefined) return { result: "unsigned" };
  if (reportTypeOf(mail) !== "delivery-status") return judgePlain(mail, named);
  const text = textOfPart(mail, "message/delivery-status", "message/global-delivery-status");
  const finding = text === undefined ? undefined : readDeliveryReport(text);
  return finding === undefined ? { result: "unreadable", reason: "delivery_report_malformed" } : told(named, finding);
}

function judgeComplaint(mail: MailParts, hash: EnvironmentHash): MailFinding {
  const text = textOfPart(mail, "message/feedback-report");
  const report = text === undefined ? undefined : readFeedbackReport(text, textOfPart(mail, ...original));
  if (report === undefined) return { result: "unreadable", reason: "feedback_report_malformed" };
  const named = firstNamed(report.returnPaths, hash);
  if (named === undefined) return { result: "unsigned" };
  if (report.type !== "abuse") return { result: "no_news" };
  return { result: "told", named, kind: "complained", code: report.type };
}

/** A note that somebody is away says nothing of the mail; a bounce of qmail is plain text, and says so by its beginning. */
function judgePlain(mail: MailParts, named: NamedMessage): MailFinding {
  const notice = readQmailNotice(mail.text);
  if (notice !== undefined) return told(named, notice);
  if (headerOf(mail, "x-failed-recipients") !== "") {
    return told(named, { kind: "failed", code: "" });
  }
  return { result: isAutomatic(mail) ? "automatic" : "no_report" };
}

function told(named: NamedMessage, { kind, code }: DeliveryFinding): MailFinding {
  return kind === undefined ? { result: "no_news" } : { result: "told", named, kind, code };
}

export function firstNamed(addresses: readonly string[], hash: EnvironmentHash): NamedMessage | undefined {
  for (const address of addresses) {
    const named = readReturnPath(address, hash);
    if (named !== undefined) return named;
  }
  return undefined;
}
