import PostalMime, { type Attachment } from "postal-mime";
import type { UnreadableReason } from "../domain/inbound-mail/inbound-result.ts";
import type { MailParts } from "../domain/inbound-mail/mail-parts.ts";

/*
 * Bounds of what is taken apart, beside the size of a mail. The library has one of its own for nesting, and for headers; parts it
 * does not count, and each line costs it a turn of a promise, so that both are counted before it sees anything.
 */
const nestingMax = 8;
const headersBytesMax = 256 * 1024;
const partsMax = 200;
const linesMax = 100_000;

export type ReadMail = { status: "read"; mail: MailParts } | { status: "unreadable"; reason: UnreadableReason };

/** Takes a mail apart (RFC 5322, RFC 2045 to 2047). Mails in it stay whole: they are what a report is about. Never throws. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  if (!isBounded(raw)) return { status: "unreadable", reason: "too_many_parts" };
  try {
    const { headers, attachments, text } = await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxRfc822NestingDepth: 0,
      maxNestingDepth: nestingMax,
      maxHeadersSize: headersBytesMax,
    });
    return {
      status: "read",
      mail: {
        headers: headers.map(({ key, value }) => ({ name: key, value })),
        parts: attachments.map((part) => ({
          type: part.mimeType,
          filename: part.filename ?? "",
          bytes: bytesOf(part.content),
        })),
        text: text ?? "",
      },
    };
  } catch {
    return { status: "unreadable", reason: "mime_malformed" };
  }
}

/** Whether lines, and those that may be boundaries of parts, are few enough. */
function isBounded(raw: Buffer): boolean {
  let lines = 0;
  let boundaries = 0;
  for (let at = raw.indexOf(0x0a); at >= 0; at = raw.indexOf(0x0a, at + 1)) {
    lines += 1;
    if (raw[at + 1] === 0x2d && raw[at + 2] === 0x2d) boundaries += 1;
    if (lines > linesMax || boundaries > partsMax) return false;
  }
  return true;
}

function bytesOf(content: Attachment["content"]): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : new Uint8Array(content);
}
