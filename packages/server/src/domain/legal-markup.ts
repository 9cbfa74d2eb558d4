import { escapeHtml } from "./escape-html.ts";
import type { LinkLabels } from "./link-labels.ts";

/** Where links of a legal text lead. */
export interface LegalLinks {
  /** Undefined where nothing can be left, as of what is critical: nothing stands in its place. */
  unsubscribe: string | undefined;
  preferences: string;
}

const placeholder = /\{(unsubscribe|preferences)\}/g;

/** A legal text in a message without markup: a link is its label and the URL. */
export function plainLegalText(text: string, links: LegalLinks, labels: LinkLabels): string {
  return text
    .replaceAll(placeholder, (_, name: keyof LinkLabels) => {
      const url = links[name];
      return url === undefined ? "" : `${labels[name]}: ${url}`;
    })
    .trim();
}

/** The same in HTML: all that it says is text, and a link has its label. */
export function htmlLegalText(text: string, links: LegalLinks, labels: LinkLabels): string {
  const escaped = escapeHtml(text).replaceAll(placeholder, (_, name: keyof LinkLabels) => {
    const url = links[name];
    return url === undefined ? "" : `<a href="${escapeHtml(url)}">${escapeHtml(labels[name])}</a>`;
  });
  const lines = escaped.trim().replaceAll(/\r\n|\r|\n/g, "<br>\n");
  return lines === "" ? "" : `<p style="font-size:12px">${lines}</p>\n`;
}

/** `html` with more at the end of what is shown. */
export function htmlBelow(html: string, more: string): string {
  let end = -1;
  for (const { index } of html.matchAll(/<\/body\s*>/gi)) end = index;
  return end < 0 ? `${html}\n${more}` : `${html.slice(0, end)}${more}${html.slice(end)}`;
}
