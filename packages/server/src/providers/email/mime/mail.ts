import type { RenderedAttachment } from "../../../ports/provider.ts";
import type { Mailbox } from "../address.ts";
import { attachmentEntity } from "./attachment.ts";
import { type Entity, multipart, type Piece } from "./entity.ts";
import { type Header, header, textHeader } from "./header.ts";
import { mailboxHeader } from "./mailbox.ts";
import { encodeText } from "./transfer-encoding.ts";

export interface MailParts {
  /** The message's; boundaries are made of it. */
  id: string;
  /** With its brackets. */
  messageId: string;
  /** ms. */
  date: number;
  from: Mailbox;
  to: Mailbox;
  replyTo: Mailbox | undefined;
  subject: string | undefined;
  text: string | undefined;
  html: string | undefined;
  attachments: readonly RenderedAttachment[];
  /** Of the integration, such as List-Unsubscribe. */
  headers: readonly Header[];
}

/** A mail (RFC 5322), ready to be signed. Its body is ASCII; its headers are, where no address needs SMTPUTF8. */
export interface Mail {
  headers: readonly Header[];
  body: readonly Piece[];
}

/**
 * Puts a mail together; nothing in it is drawn or looked up, so that it is the same whenever it is made of the same parts.
 * Throws where a part would break a header.
 *
 *   mixed [ alternative [ text, related [ html, inline … ] ], attachment … ]      each level only where it holds two
 */
export function composeMail(parts: MailParts): Mail {
  const root = bodyOf(parts);
  return {
    headers: [
      { name: "Date", value: dateText(parts.date) },
      mailboxHeader("From", parts.from),
      mailboxHeader("To", parts.to),
      ...(parts.replyTo === undefined ? [] : [mailboxHeader("Reply-To", parts.replyTo)]),
      ...(parts.subject === undefined ? [] : [textHeader("Subject", parts.subject)]),
      header("Message-ID", parts.messageId),
      ...parts.headers,
      // RFC 3834 §5: no out-of-office answers to notifications
      { name: "Auto-Submitted", value: "auto-generated" },
      { name: "MIME-Version", value: "1.0" },
      ...root.headers,
    ],
    body: root.body,
  };
}

function bodyOf({ id, text, html, attachments }: MailParts): Entity {
  const boundaryId = id.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 60);
  const inline = html === undefined ? [] : attachments.filter(({ contentId }) => contentId !== undefined);
  const files = attachments.filter((attachment) => !inline.includes(attachment));
  const alternatives = [
    ...(text === undefined ? [] : [textEntity("plain", text)]),
    ...(html === undefined
      ? []
      : [
          joined("related", boundaryId, [
            textEntity("html", html),
            ...inline.map((one) => attachmentEntity(one, true)),
          ]),
        ]),
  ];
  const content = joined("alternative", boundaryId, alternatives);
  return joined("mixed", boundaryId, [content, ...files.map((one) => attachmentEntity(one, false))]);
}

function joined(subtype: "alternative" | "related" | "mixed", id: string, parts: readonly Entity[]): Entity {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : multipart(subtype, id, parts);
}

function textEntity(subtype: "plain" | "html", content: string): Entity {
  const { encoding, text } = encodeText(content);
  return {
    headers: [
      { name: "Content-Type", value: `text/${subtype}; charset=utf-8` },
      { name: "Content-Transfer-Encoding", value: encoding },
    ],
    body: [{ text, canonical: encoding === "base64" }],
  };
}

let lastSecond = Number.NaN;
let lastDate = "";

/** RFC 5322 §3.3, in UTC; made once a second. */
function dateText(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(ms).toUTCString().replace("GMT", "+0000");
  }
  return lastDate;
}
