import type { DeliveryFinding } from "./delivery-report.ts";
import { failureKind } from "./failure-kind.ts";

/** Where the mail begins that it is about. */
const copyOfMail = /^--- (?:Below this line|Enclosed) /m;

/**
 * Reads a bounce as qmail writes it (QSBMF, cr.yp.to/proto/qsbmf.txt): text that begins with `Hi. This is the`, then a paragraph for
 * each recipient, `<address>:` and the reason. Undefined for anything else.
 */
export function readQmailNotice(text: string): DeliveryFinding | undefined {
  if (!text.startsWith("Hi. This is the ")) return undefined;
  const [notice = ""] = text.split(copyOfMail, 1);
  const [, paragraph] = /\n\r?\n<[^<>\s]*>:\r?\n([\s\S]*?)(?:\r?\n\r?\n|$)/.exec(notice) ?? [];
  if (paragraph === undefined) return undefined;
  const [, status = ""] = /#([45]\.\d{1,3}\.\d{1,3})/.exec(paragraph) ?? [];
  return failureKind(status, paragraph);
}
