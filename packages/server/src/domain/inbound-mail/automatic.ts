import { saysOtherThanNo } from "./field-groups.ts";
import { headerOf, type MailParts } from "./mail-parts.ts";

/** Whether a program sent it, by what such mail says of itself (RFC 3834 §5, and what Exchange and older programs put there). */
export function isAutomatic(mail: Pick<MailParts, "headers">): boolean {
  return (
    saysOtherThanNo(mail, "auto-submitted") ||
    headerOf(mail, "x-autoreply") !== "" ||
    headerOf(mail, "x-autorespond") !== "" ||
    /^(?:all|oof|autoreply)\b/i.test(headerOf(mail, "x-auto-response-suppress")) ||
    /^(?:auto[_-]?reply|bulk|junk)$/i.test(headerOf(mail, "precedence").trim())
  );
}
