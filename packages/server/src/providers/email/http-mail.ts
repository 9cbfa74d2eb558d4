import type { OutboundMessage, Outcome, RenderedAttachment, StoredTemplates } from "../../ports/provider.ts";
import { baseUrlSchema } from "../base-url.ts";
import { type Mailbox, parseAddress } from "./address.ts";
import { contentFault } from "./content-fault.ts";
import { unsubscribeHeaders } from "./list-unsubscribe.ts";
import { type MailSettings, mailFields } from "./mail-settings.ts";
import { type Header, hasControl } from "./mime/header.ts";
import { Senders } from "./senders.ts";

/** Settings that every mail vendor over HTTP has, under the names that SMTP has them by. */
export const httpMailFields = { ...mailFields, baseUrl: baseUrlSchema.optional() };

/**
 * What our id travels by: custom argument, variable, metadata or tag. A name of our own, as a vendor reports mail of other
 * programs of the same account too, and SendGrid puts it beside its own fields.
 */
export const messageKey = "tidings_message";

/** A message that can be mailed, as far as all vendors say it alike. */
export interface HttpMail {
  id: string;
  idempotencyKey: string;
  /** `name@host`, its domain in A-labels. */
  to: string;
  from: Mailbox;
  replyTo: Mailbox | undefined;
  subject: string;
  text: string | undefined;
  html: string | undefined;
  /** On one line each. */
  headers: readonly Header[];
  attachments: readonly HttpAttachment[];
  /** The vendor's own template in place of what was rendered, and its merge data. */
  stored: { id: string; data: StoredTemplates["data"] } | undefined;
}

export interface HttpAttachment {
  filename: string;
  contentType: string;
  base64: string;
  contentId: string | undefined;
}

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

/** Reads messages for one vendor: senders by lane, checks, headers, files. */
export class HttpMailReader {
  readonly #provider: string;
  readonly #settings: MailSettings;
  readonly #senders: Senders;

  constructor(provider: string, settings: MailSettings) {
    this.#provider = provider;
    this.#settings = settings;
    this.#senders = new Senders(settings);
  }

  /** A refusal where address or content cannot be mailed. */
  read(message: OutboundMessage): HttpMail | Outcome {
    const to = parseAddress(message.to);
    if (to === undefined) return refuse("address_invalid", "not a mail address");
    const { stored, ...rendered } = message.content;
    const template = stored?.ids[this.#provider];
    const { subject = "", text, html, attachments = [] } = rendered;
    const fault = contentFault({
      id: message.id,
      content: template === undefined ? rendered : { text: "", ...rendered },
    });
    if (fault !== undefined) return refuse("content_invalid", fault);
    // a line break between parameters is lawful in a header, and would end a line of a form or of what the vendor makes
    if (attachments.some(({ contentType }) => hasControl(contentType)))
      return refuse("content_invalid", "an attachment's content type");
    const headers = unsubscribeHeaders(message, this.#settings);
    if (headers === undefined) return refuse("content_invalid", "a List-Unsubscribe that is too long");
    return {
      id: message.id,
      idempotencyKey: message.idempotencyKey,
      to: to.text,
      from: this.#senders.of(message.lane),
      replyTo: this.#senders.replyTo,
      subject,
      text,
      html,
      headers: headers.map(({ name, value }) => ({ name, value: value.replaceAll(/\r\n[ \t]+/g, " ") })),
      attachments: attachments.map(attached),
      stored: template === undefined ? undefined : { id: template, data: stored?.data ?? {} },
    };
  }
}

function attached({ filename, contentType, content, contentId }: RenderedAttachment): HttpAttachment {
  return {
    filename,
    contentType,
    base64: typeof content === "string" ? content : content.toString("base64"),
    contentId,
  };
}

/** `"Name" <name@host>` (RFC 5322 §3.4) in Unicode, for vendors that take a mailbox as one text and encode it themselves. */
export function mailboxText({ name, address }: Mailbox): string {
  return name === "" ? address.text : `"${name.replaceAll(/["\\]/g, "\\$&")}" <${address.text}>`;
}
