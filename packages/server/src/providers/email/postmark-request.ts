import { type HttpMail, mailboxText, messageKey } from "./http-mail.ts";

/** One mail as `/email` takes it, and as an element of `/email/batch`; with a stored template, as their siblings take it. */
export function postmarkMail(mail: HttpMail, messageStream: string): Record<string, unknown> {
  const { id, to, from, replyTo, headers, attachments } = mail;
  return {
    From: mailboxText(from),
    To: to,
    ...(replyTo === undefined ? {} : { ReplyTo: mailboxText(replyTo) }),
    ...content(mail),
    MessageStream: messageStream,
    Metadata: { [messageKey]: id },
    ...(headers.length === 0 ? {} : { Headers: headers.map(({ name, value }) => ({ Name: name, Value: value })) }),
    ...(attachments.length === 0
      ? {}
      : {
          Attachments: attachments.map(({ filename, contentType, base64, contentId }) => ({
            Name: filename,
            Content: base64,
            ContentType: contentType,
            ...(contentId === undefined ? {} : { ContentID: `cid:${contentId}` }),
          })),
        }),
  };
}

function content({ subject, text, html, stored }: HttpMail): Record<string, unknown> {
  if (stored === undefined) {
    return {
      Subject: subject,
      ...(text === undefined ? {} : { TextBody: text }),
      ...(html === undefined ? {} : { HtmlBody: html }),
    };
  }
  const template = /^\d{1,15}$/.test(stored.id) ? { TemplateId: Number(stored.id) } : { TemplateAlias: stored.id };
  return { ...template, TemplateModel: stored.data };
}
