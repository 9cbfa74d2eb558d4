import type { Mailbox } from "./address.ts";
import { type Header, headerText } from "./mime/header.ts";
import { composeMail } from "./mime/mail.ts";
import { mailboxHeader } from "./mime/mailbox.ts";
import { messageTag, type SesMail } from "./ses-mail.ts";
import type { SesSettings } from "./ses-settings.ts";

/** What SendEmail takes, and SendBulkEmail too: docs.aws.amazon.com/ses/latest/APIReference-V2. */

/** Of a header's name and value together (…/API_MessageHeader.html). */
const headerLengthMax = 996;
/** RFC 3834 §5: no out-of-office answers to notifications. A composed mail has it already. */
const automatic: Header = { name: "Auto-Submitted", value: "auto-generated" };

export interface NameValue {
  Name: string;
  Value: string;
}

/** One mail by itself. */
export function singleBody(mail: SesMail, settings: SesSettings, now: number): object {
  return {
    ...account(mail, settings),
    Destination: { ToAddresses: [mail.to] },
    EmailTags: tagsOf(mail),
    Content: contentOf(mail, now),
  };
}

function contentOf(mail: SesMail, now: number): object {
  const { content, stored } = mail;
  const { subject = "", text, html, attachments = [] } = content;
  if (stored !== undefined) {
    const files = attachments.length === 0 ? {} : { Attachments: attachments.map(attached) };
    return { Template: { TemplateName: stored.name, TemplateData: stored.data, Headers: headersOf(mail), ...files } };
  }
  if (isRaw(mail)) return { Raw: { Data: Buffer.from(rawText(mail, now)).toString("base64") } };
  const part = (data: string) => ({ Data: data, Charset: "UTF-8" });
  return {
    Simple: {
      Subject: part(subject),
      Body: {
        ...(text === undefined ? {} : { Text: part(text) }),
        ...(html === undefined ? {} : { Html: part(html) }),
      },
      Headers: headersOf(mail),
    },
  };
}

/** What the fields of Simple cannot say: files in place and beside the text, and a header that SES finds too long. */
export function isRaw({ content, headers, stored }: SesMail): boolean {
  if (stored !== undefined) return false;
  return (
    (content.attachments ?? []).length > 0 ||
    headers.some(({ name, value }) => name.length + value.length > headerLengthMax)
  );
}

function rawText({ id, from, to, replyTo, content, headers }: SesMail, now: number): string {
  const { subject, text, html, attachments = [] } = content;
  const mail = composeMail({
    id,
    // SES puts its own in its place
    messageId: `<${id}@${from.address.domain}>`,
    date: now,
    from,
    to: { name: "", address: { text: to, domain: "", needsSmtpUtf8: false } },
    replyTo,
    subject,
    text,
    html,
    attachments,
    headers,
  });
  return `${mail.headers.map(headerText).join("")}\r\n${mail.body.map((piece) => piece.text).join("")}`;
}

/** What a call says once: sender and account. */
export function account({ from, replyTo }: SesMail, { configurationSet, fromArn }: SesSettings): object {
  return {
    FromEmailAddress: mailboxText(from),
    ...(replyTo === undefined ? {} : { ReplyToAddresses: [mailboxText(replyTo)] }),
    ...(configurationSet === undefined ? {} : { ConfigurationSetName: configurationSet }),
    ...(fromArn === undefined ? {} : { FromEmailAddressIdentityArn: fromArn }),
  };
}

/** With a name in encoded words where it has to be (…/API_SendEmail.html), on one line. */
const mailboxText = (mailbox: Mailbox): string => unfolded(mailboxHeader("From", mailbox).value);

export const tagsOf = ({ id }: SesMail): NameValue[] => [{ Name: messageTag, Value: id }];

export const headersOf = ({ headers }: SesMail): NameValue[] =>
  [...headers, automatic].map(({ name, value }) => ({ Name: name, Value: unfolded(value) }));

const unfolded = (value: string): string => value.replaceAll(/\r\n[ \t]+/g, " ");

type Attachment = NonNullable<SesMail["content"]["attachments"]>[number];

function attached({ filename, contentType, content, contentId }: Attachment): object {
  return {
    FileName: filename,
    ContentType: contentType,
    RawContent: typeof content === "string" ? content : content.toString("base64"),
    ContentTransferEncoding: "BASE64",
    ContentDisposition: contentId === undefined ? "ATTACHMENT" : "INLINE",
    ...(contentId === undefined ? {} : { ContentId: contentId }),
  };
}
