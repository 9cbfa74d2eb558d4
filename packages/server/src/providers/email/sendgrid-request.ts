import type { Mailbox } from "./address.ts";
import { type HttpAttachment, type HttpMail, messageKey } from "./http-mail.ts";

/** The body of `POST /v3/mail/send` for mails whose content, or stored template, is the first one's. */
export function sendgridRequest(mails: readonly HttpMail[], ipPool?: string): Record<string, unknown> {
  const [first] = mails;
  if (first === undefined) throw new Error("a call without mails");
  const { from, replyTo, subject, attachments, stored } = first;
  return {
    personalizations: mails.map(personalization),
    from: mailbox(from),
    ...(replyTo === undefined ? {} : { reply_to: mailbox(replyTo) }),
    ...(stored === undefined ? { subject, content: contents(first) } : { template_id: stored.id }),
    ...(attachments.length === 0 ? {} : { attachments: attachments.map(file) }),
    ...(ipPool === undefined ? {} : { ip_pool_name: ipPool }),
  };
}

function personalization({ id, to, headers, stored }: HttpMail) {
  return {
    to: [{ email: to }],
    custom_args: { [messageKey]: id },
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) }),
    ...(stored === undefined ? {} : { dynamic_template_data: stored.data }),
  };
}

const mailbox = ({ name, address }: Mailbox) => (name === "" ? { email: address.text } : { email: address.text, name });

/** Plain text has to come first, and an empty part is refused: where there is nothing at all a space stands for it. */
function contents({ text = "", html = "" }: HttpMail) {
  return [
    ...(text === "" && html !== "" ? [] : [{ type: "text/plain", value: text === "" ? " " : text }]),
    ...(html === "" ? [] : [{ type: "text/html", value: html }]),
  ];
}

/** A type with parameters is refused. */
function file({ filename, contentType, base64, contentId }: HttpAttachment) {
  return {
    filename,
    type: contentType.split(";")[0]?.trim(),
    content: base64,
    ...(contentId === undefined ? { disposition: "attachment" } : { disposition: "inline", content_id: contentId }),
  };
}
