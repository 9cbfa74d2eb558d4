import { escapeHtml } from "./escape-html.ts";
import { filledText } from "./filled-text.ts";
import type { LinkLabels } from "./link-labels.ts";

/** Where links of a legal text lead. */
export interface LegalLinks {
  /** Undefined where nothing can be left, as of what is critical: nothing stands in its place. */
  unsubscribe: string | undefined;
  preferences: string;
}

/** A legal text in a message without markup: a link is its label and the URL. */
export function plainLegalText(text: string, links: LegalLinks, labels: LinkLabels): string {
  return withLinks(text, links, (name, url) => `${labels[name]}: ${url}`);
}

/** The same in HTML: all that it says is text, and a link has its label. */
export function htmlLegalText(text: string, links: LegalLinks, labels: LinkLabels): string {
  const link = (name: keyof LinkLabels, url: string) => `<a href="${escapeHtml(url)}">${escapeHtml(labels[name])}</a>`;
  const lines = withLinks(escapeHtml(text), links, link).replaceAll(/\r\n|\r|\n/g, "<br>\n");
  return lines === "" ? "" : `<p style="font-size:12px">${lines}</p>\n`;
}

function withLinks(text: string, links: LegalLinks, link: (name: keyof LinkLabels, url: string) => string): string {
  const { unsubscribe, preferences } = links;
  return filledText(text, {
    unsubscribe: unsubscribe === undefined ? "" : link("unsubscribe", unsubscribe),
    preferences: link("preferences", preferences),
  }).trim();
}

/** `html` with more at the end of what is shown. */
export function htmlBelow(html: string, more: string): string {
  let end = -1;
  for (const { index } of html.matchAll(/<\/body\s*>/gi)) end = index;
  return end < 0 ? `${html}\n${more}` : `${html.slice(0, end)}${more}${html.slice(end)}`;
}
