import type { OutboundMessage, Outcome, RenderedContent } from "../../ports/provider.ts";
import { type Mailbox, parseAddress } from "./address.ts";
import { contentFault } from "./content-fault.ts";
import { unsubscribeHeaders } from "./list-unsubscribe.ts";
import type { Header } from "./mime/header.ts";
import type { Senders } from "./senders.ts";
import type { SesSettings } from "./ses-settings.ts";

/** Comes back in events (`mail.tags`), and in older notifications that are told to hold headers. */
export const messageTag = "tidings-message";
export const messageHeader = "X-Tidings-Message";

/** A message that can be mailed. */
export interface SesMail {
  id: string;
  /** `name@host`, in ASCII. */
  to: string;
  from: Mailbox;
  replyTo: Mailbox | undefined;
  /** As RFC 5322 has them, folded. */
  headers: readonly Header[];
  content: RenderedContent;
  /** A template that lies at SES, and what it is filled with, in place of `content`'s texts. */
  stored: { name: string; data: string } | undefined;
}

const refuse = (code: string, detail: string): Outcome => ({ status: "rejected", kind: "permanent", code, detail });

/** A refusal where address or content cannot be mailed. */
export function readSesMail(message: OutboundMessage, senders: Senders, settings: SesSettings): SesMail | Outcome {
  const { id, content, lane } = message;
  const to = parseAddress(message.to);
  if (to === undefined) return refuse("address_invalid", "not a mail address");
  if (to.needsSmtpUtf8) return refuse("address_invalid", "SES takes addresses in ASCII before the @ alone");
  const name = content.stored?.ids["ses"];
  const fault = contentFault({ id, content: name === undefined ? content : { text: "", ...content } });
  if (fault !== undefined) return refuse("content_invalid", fault);
  const unsubscribe = unsubscribeHeaders(message, settings);
  if (unsubscribe === undefined) return refuse("content_invalid", "a List-Unsubscribe that is too long");
  return {
    id,
    to: to.text,
    from: senders.of(lane),
    replyTo: senders.replyTo,
    headers: [...unsubscribe, { name: messageHeader, value: id }],
    content,
    stored: name === undefined ? undefined : { name, data: JSON.stringify(content.stored?.data ?? {}) },
  };
}
