import { hash } from "node:crypto";
import { escapeHtml } from "../domain/escape-html.ts";
import type { MailboxContent, MailboxEntry } from "../ports/provider.ts";
import { inAppPart } from "./mailbox-in-app.ts";
import { richParts } from "./mailbox-rich.ts";

/** A page and the policy that it needs. */
export interface Page {
  html: string;
  contentSecurityPolicy: string;
}

export interface MailboxView {
  environment: string;
  token: string;
  /** Seconds after which the list loads itself again; 0 for never, as a page that moves by itself disturbs (WCAG 2.2.2). */
  refreshSeconds: number;
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --soft: light-dark(#f6f8fa, #151b23); --dim: light-dark(#57606a, #9da7b3); --link: light-dark(#0550ae, #79c0ff) }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem; font: 1rem/1.5 system-ui, sans-serif; color: light-dark(#1f2328, #e6edf3); background: light-dark(#fff, #0d1117) }
h1 { font-size: 1.4rem; margin: 0 0 .25rem } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
p { margin: .25rem 0 1rem; color: var(--dim) } a { color: var(--link) } a:focus-visible { outline: 2px solid; outline-offset: 2px }
table { width: 100%; border-collapse: collapse } th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600 } td time { white-space: nowrap }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0 } dt { color: var(--dim) } dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; padding: 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; color-scheme: light }
`;

const policy = (styles: string, images: string): string =>
  `default-src 'none'; style-src ${styles}; img-src ${images}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const ownStyle = `'sha256-${hash("sha256", style, "base64")}'`;
const strictPolicy = policy(ownStyle, "'none'");
/**
 * A frame made by `srcdoc` inherits its page's policy, and mail is styled inline: so that page allows inline styles. It
 * still runs no script, and loads nothing from anywhere: remote images of a mail stay out.
 */
const mailPolicy = policy("'unsafe-inline'", "data:");

/** The list, newest first. */
export function listPage(view: MailboxView, entries: readonly MailboxEntry[]): Page {
  const rows = entries.map((entry) => listRow(view, entry)).join("\n");
  const table = `<table>
<thead><tr><th scope="col">Received</th><th scope="col">Channel</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>`;
  const main = `<h1>Sandbox mailbox: ${escapeHtml(view.environment)}</h1>
<p>What the sandbox was given instead of a provider, newest first. ${refreshLink(view)}</p>
${entries.length === 0 ? "<p>Nothing yet. Send an event, then load this page again.</p>" : table}`;
  const head = view.refreshSeconds > 0 ? `<meta http-equiv="refresh" content="${view.refreshSeconds}">` : "";
  return { html: document(`Sandbox mailbox: ${view.environment}`, head, main), contentSecurityPolicy: strictPolicy };
}

/** One message: headers, text and the HTML in a frame that can do nothing. */
export function entryPage(view: MailboxView, entry: MailboxEntry): Page {
  const { subject, text, html, body, attachments = [], inApp } = entry.content;
  const noTitle = entry.channel === "email" ? "(no subject)" : "(no title)";
  const parts = [
    `<p><a href="${escapeHtml(listPath(view))}">All messages</a></p>`,
    `<h1>${escapeHtml(subject ?? noTitle)}</h1>`,
    headers(entry),
    attachments.length === 0 ? "" : `<h2>Attachments</h2>\n${attachmentList(attachments)}`,
    text === undefined ? "" : `<h2>Text</h2>\n<pre>${escapeHtml(text)}</pre>`,
    inApp === undefined ? "" : inAppPart(inApp),
    ...richParts(entry.content),
    body === undefined ? "" : `<h2>Body</h2>\n<pre>${escapeHtml(body)}</pre>`,
    html === undefined
      ? ""
      : `<h2>HTML</h2>
<iframe sandbox title="The message as HTML" srcdoc="${escapeHtml(html)}"></iframe>
<details><summary>Source</summary><pre>${escapeHtml(html)}</pre></details>`,
  ];
  return {
    html: document(subject ?? "Message", "", parts.filter((part) => part !== "").join("\n")),
    contentSecurityPolicy: html === undefined ? strictPolicy : mailPolicy,
  };
}

function attachmentList(attachments: NonNullable<MailboxContent["attachments"]>): string {
  const items = attachments.map(
    ({ filename, contentType, bytes }) =>
      `<li>${escapeHtml(filename)} (${escapeHtml(contentType)}, ${bytes} bytes)</li>`,
  );
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

function headers(entry: MailboxEntry): string {
  const rows: [string, string][] = [
    ["To", entry.to],
    [entry.channel === "email" ? "Subject" : "Title", entry.content.subject ?? ""],
    ["Received", new Date(entry.at).toISOString()],
    ["Channel", entry.channel],
    ["Message", entry.messageId],
  ];
  const items = rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>\n${items.join("\n")}\n</dl>`;
}

function listRow(view: MailboxView, entry: MailboxEntry): string {
  const time = new Date(entry.at).toISOString();
  const title = entry.content.subject ?? entry.content.text?.slice(0, 80) ?? "(no subject)";
  return `<tr><td><time datetime="${time}">${time.slice(0, 19).replace("T", " ")}</time></td><td>${escapeHtml(entry.channel)}</td><td>${escapeHtml(entry.to)}</td><td><a href="${escapeHtml(entryPath(view, entry.id))}">${escapeHtml(title)}</a></td></tr>`;
}

function refreshLink(view: MailboxView): string {
  return view.refreshSeconds > 0
    ? `It loads itself again every ${view.refreshSeconds} seconds. <a href="${escapeHtml(listPath(view))}">Stop that</a>.`
    : `<a href="${escapeHtml(`${listPath(view)}&refresh=5`)}">Load again every 5 seconds</a>.`;
}

function listPath({ environment, token }: MailboxView): string {
  return `/sandbox/${encodeURIComponent(environment)}?token=${encodeURIComponent(token)}`;
}

function entryPath({ environment, token }: MailboxView, id: string): string {
  return `/sandbox/${encodeURIComponent(environment)}/${encodeURIComponent(id)}?token=${encodeURIComponent(token)}`;
}

function document(title: string, head: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}
