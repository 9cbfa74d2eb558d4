import type { SesMail } from "./ses-mail.ts";
import { account, headersOf, isRaw, type NameValue, tagsOf } from "./ses-request.ts";
import type { SesSettings } from "./ses-settings.ts";

/** What SendBulkEmail takes: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html. */

/** Of an entry's data (…/API_ReplacementTemplate.html), in characters. */
const templateDataMax = 262_144;

export interface BulkEntry {
  Destination: { ToAddresses: string[] };
  ReplacementTags: NameValue[];
  ReplacementHeaders: NameValue[];
  ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: string } };
}

/** What a call of several is about: mails with the same key can share one. Undefined for one that goes by itself. */
export function bulkKey(mail: SesMail): string | undefined {
  const { content, stored } = mail;
  if ((content.attachments ?? []).length > 0 || isRaw(mail) || dataOf(mail).length > templateDataMax) return undefined;
  if (stored !== undefined) return `stored ${stored.name}`;
  return `inline ${content.text !== undefined} ${content.html !== undefined}`;
}

export function bulkEntry(mail: SesMail): BulkEntry {
  return {
    Destination: { ToAddresses: [mail.to] },
    ReplacementTags: tagsOf(mail),
    ReplacementHeaders: headersOf(mail),
    ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: dataOf(mail) } },
  };
}

/** `mail` stands for all of them: sender and template are the same. */
export function bulkBody(mail: SesMail, entries: readonly BulkEntry[], settings: SesSettings): object {
  return {
    ...account(mail, settings),
    DefaultContent: { Template: { ...templateOf(mail), TemplateData: "{}" } },
    BulkEmailEntries: entries,
  };
}

/**
 * A template of nothing but what each mail is filled with. SES escapes nothing in a template, and in one that comes with the
 * call knows plain substitution only, so `{{{` is not for it (docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html,
 * …/APIReference-V2/API_Template.html). What is filled in is not read again: braces in it stay.
 */
function templateOf({ content, stored }: SesMail): object {
  if (stored !== undefined) return { TemplateName: stored.name };
  return {
    TemplateContent: {
      Subject: "{{subject}}",
      ...(content.text === undefined ? {} : { Text: "{{text}}" }),
      ...(content.html === undefined ? {} : { Html: "{{html}}" }),
    },
  };
}

function dataOf({ content: { subject = "", text, html }, stored }: SesMail): string {
  return stored?.data ?? JSON.stringify({ subject, text, html });
}
