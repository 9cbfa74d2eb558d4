import { escapeHtml } from "../domain/escape-html.ts";
import type { RenderedInApp } from "../ports/provider.ts";

/**
 * What an in-app message has beside title and text, for the mailbox page; empty where that is nothing. Addresses stand there
 * as text: nobody has checked yet where they lead, and the page loads nothing.
 */
export function inAppPart({ url, imageUrl, actions = [], data = {} }: RenderedInApp): string {
  const links: [string, string | undefined][] = [
    ["Leads to", url],
    ["Image", imageUrl],
  ];
  const buttons = actions.map((action) => `<li>${escapeHtml(actionLine(action))}</li>`);
  return [
    pairs(links.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))),
    buttons.length === 0 ? "" : `<h2>Buttons</h2>\n<ul>\n${buttons.join("\n")}\n</ul>`,
    Object.keys(data).length === 0 ? "" : `<h2>Data</h2>\n${pairs(Object.entries(data))}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function actionLine({ key, label, url }: NonNullable<RenderedInApp["actions"]>[number]): string {
  return `${label} (${key}${url === undefined ? "" : `, leads to ${url}`})`;
}

/** A list of names and values; empty where there are none. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return "";
  const items = rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>\n${items.join("\n")}\n</dl>`;
}
