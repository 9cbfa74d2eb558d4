import { type HttpMail, mailboxText, messageKey } from "./http-mail.ts";

/** One mail as `/emails` takes it, and as an element of `/emails/batch`. */
export function resendMail(mail: HttpMail): Record<string, unknown> {
  const { id, to, from, replyTo, subject, text, html, headers, attachments, stored } = mail;
  return {
    from: mailboxText(from),
    to: [to],
    ...(replyTo === undefined ? {} : { reply_to: mailboxText(replyTo) }),
    ...(stored === undefined
      ? { subject, ...(text === undefined ? {} : { text }), ...(html === undefined ? {} : { html }) }
      : { template: { id: stored.id, variables: variables(stored.data) } }),
    tags: [{ name: messageKey, value: id }],
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) }),
    ...(attachments.length === 0
      ? {}
      : {
          attachments: attachments.map(({ filename, contentType, base64, contentId }) => ({
            filename,
            content: base64,
            content_type: contentType,
            ...(contentId === undefined ? {} : { content_id: contentId }),
          })),
        }),
  };
}

/** Resend's templates take texts and numbers by name, and nothing nested: what else there is stays here. */
function variables(data: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === "string" || typeof value === "number") plain[name] = value;
    else if (typeof value === "boolean") plain[name] = String(value);
  }
  return plain;
}
