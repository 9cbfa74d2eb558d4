import type { FormPart } from "../../lib/multipart.ts";
import { type HttpMail, mailboxText, messageKey } from "./http-mail.ts";

/** What Mailgun puts a recipient's own value in place of; content that has it goes out by itself, where nothing is replaced. */
const variable = "%recipient";

/** Mails with the same key may be recipients of one call; one without a key is a call of its own. */
export function sharedForm({ from, subject, text, html, headers, attachments, stored }: HttpMail): string | undefined {
  if (attachments.length > 0) return undefined;
  const data = stored === undefined ? "" : JSON.stringify([stored.id, stored.data]);
  if ([subject, text, html, data].some((each) => each?.includes(variable))) return undefined;
  return JSON.stringify([from, subject, text, html, data, headers.map(({ name }) => name)]);
}

/** The form of `POST /v3/{domain}/messages` for mails of one `sharedForm`, no address twice. */
export function mailgunForm(mails: readonly HttpMail[]): FormPart[] {
  const [first] = mails;
  if (first === undefined) throw new Error("a call without mails");
  const { id, from, replyTo, headers } = first;
  const several = mails.length > 1;
  return [
    field("from", mailboxText(from)),
    ...mails.map(({ to }) => field("to", to)),
    ...(replyTo === undefined ? [] : [field("h:Reply-To", mailboxText(replyTo))]),
    ...content(first),
    ...headers.map(({ name, value }, index) => field(`h:${name}`, several ? `%recipient.header${index}%` : value)),
    field(`v:${messageKey}`, several ? "%recipient.message%" : id),
    ...(several ? [field("recipient-variables", JSON.stringify(recipientVariables(mails)))] : []),
    ...files(first),
  ];
}

const field = (name: string, value: string): FormPart => ({ name, value });

function recipientVariables(mails: readonly HttpMail[]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    mails.map(({ id, to, headers }) => [
      to,
      { message: id, ...Object.fromEntries(headers.map(({ value }, index) => [`header${index}`, value])) },
    ]),
  );
}

/** A stored template has its subject with it, or takes ours. */
function content({ subject, text, html, stored }: HttpMail): FormPart[] {
  if (stored !== undefined) {
    return [
      ...(subject === "" ? [] : [field("subject", subject)]),
      field("template", stored.id),
      field("t:variables", JSON.stringify(stored.data)),
    ];
  }
  return [
    field("subject", subject),
    ...(text === undefined ? [] : [field("text", text)]),
    ...(html === undefined ? [] : [field("html", html)]),
  ];
}

/** What the HTML shows in place is `inline`, and its file name is what `cid:` names. */
function files({ attachments }: HttpMail): FormPart[] {
  return attachments.map(({ filename, contentType, base64, contentId }) => ({
    name: contentId === undefined ? "attachment" : "inline",
    filename: contentId ?? filename,
    contentType,
    bytes: Buffer.from(base64, "base64"),
  }));
}
