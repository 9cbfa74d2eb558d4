import { escapeHtml } from "../domain/escape-html.ts";
import type { MailboxContent } from "../ports/provider.ts";
import { pairs } from "./mailbox-in-app.ts";

/**
 * What push, SMS and chat messages have beside their texts, and what lies at vendors, for the mailbox page. Addresses stand there
 * as text: the page loads nothing.
 */
export function richParts({ push, mediaUrls = [], stored }: MailboxContent): string[] {
  const { data, ...fields } = push ?? {};
  const media = mediaUrls.map((url) => `<li>${escapeHtml(url)}</li>`);
  return [
    titled("Push", pairs(Object.entries(fields).map(([name, value]) => [name, String(value)]))),
    titled("Data", pairs(Object.entries(data ?? {}))),
    titled("Media", media.length === 0 ? "" : `<ul>\n${media.join("\n")}\n</ul>`),
    titled("Templates at vendors", pairs(Object.entries(stored?.ids ?? {}))),
    titled("Filled with", stored === undefined ? "" : `<pre>${escapeHtml(JSON.stringify(stored.data, null, 2))}</pre>`),
  ];
}

const titled = (title: string, part: string): string => (part === "" ? "" : `<h2>${title}</h2>\n${part}`);
