import { headerOf, type MailPart, type MailParts } from "../../domain/inbound-mail/mail-parts.ts";

const types: ReadonlySet<string> = new Set([
  "application/gzip",
  "application/x-gzip",
  "application/zip",
  "application/x-zip",
  "application/x-zip-compressed",
  "application/xml",
  "text/xml",
]);

/** The part of a mail that a DMARC report is in, by its type or its name (RFC 7489 §7.2.1.1); undefined where there is none. */
export function dmarcPart(mail: MailParts): MailPart | undefined {
  const isNamed = /^\s*report domain\s*:/i.test(headerOf(mail, "subject"));
  return mail.parts.find(
    ({ type, filename }) =>
      types.has(type) || /\.(?:xml|xml\.gz|zip|gz)$/i.test(filename) || (isNamed && type.startsWith("application/")),
  );
}
