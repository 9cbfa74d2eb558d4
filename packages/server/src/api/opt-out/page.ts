import { hash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { escapeHtml } from "../../domain/escape-html.ts";
import type { Brand } from "./brand.ts";

export interface OptOutPage {
  language: string;
  title: string;
  brand: Brand | undefined;
  /** HTML. */
  main: string;
}

const style = (color: string): string => `
:root { color-scheme: light dark; --line: light-dark(#8c959f, #656d76); --dim: light-dark(#57606a, #9da7b3) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 36rem; padding: 2rem 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; color: light-dark(#1f2328, #e6edf3); background: light-dark(#fff, #0d1117); overflow-wrap: anywhere }
header { margin-bottom: 1.5rem; font-weight: 600 } img { max-width: 100%; max-height: 4rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem } p { margin: 0 0 1rem } small, .note { color: var(--dim) }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1.5rem; padding: .5rem 1rem } legend { font-weight: 600; padding: 0 .5rem }
label, .fixed { display: flex; gap: .75rem; align-items: baseline; padding: .5rem 0 } input { width: 1.25rem; height: 1.25rem; flex: none; accent-color: ${color} }
label:has(select) { justify-content: space-between; flex-wrap: wrap } select { font: inherit; min-height: 2.75rem; padding: .25rem .5rem; max-width: 100%; border: 1px solid var(--line); border-radius: .25rem; color: inherit; background: light-dark(#fff, #161b22) }
button { font: inherit; font-weight: 600; padding: .75rem 1.5rem; min-height: 2.75rem; border: 0; border-radius: .5rem; color: #fff; background: ${color}; cursor: pointer }
a { color: light-dark(#0550ae, #79c0ff) } :focus-visible { outline: 3px solid light-dark(#1f2328, #fff); outline-offset: 3px }
[role=status] { border-left: .25rem solid ${color}; padding: .5rem 1rem; margin: 0 0 1.5rem }
`;

const plainColor = "#0b57d0";

/** Sends a page that runs nothing, loads nothing but a logo, stands in no frame and is kept by nobody: its URL is a key. */
export function sendPage(reply: FastifyReply, status: number, page: OptOutPage): FastifyReply {
  const { brand, language, title, main } = page;
  const css = style(brand?.color ?? plainColor);
  const images = brand?.logoUrl === undefined ? "'none'" : brand.logoUrl;
  const policy = `default-src 'none'; style-src 'sha256-${hash("sha256", css, "base64")}'; img-src ${images}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;
  return reply
    .code(status)
    .header("content-type", "text/html; charset=utf-8")
    .header("content-security-policy", policy)
    .header("x-content-type-options", "nosniff")
    .header("x-frame-options", "DENY")
    .header("x-robots-tag", "noindex, nofollow")
    .header("referrer-policy", "no-referrer")
    .header("cache-control", "no-store")
    .header("vary", "accept-language")
    .send(`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${css}</style>
</head>
<body>
${headerOf(brand)}
<main>
${main}
</main>
</body>
</html>
`);
}

function headerOf(brand: Brand | undefined): string {
  if (brand === undefined || brand.name === "") return "";
  const name = escapeHtml(brand.name);
  if (brand.logoUrl === undefined) return `<header>${name}</header>`;
  return `<header><img src="${escapeHtml(brand.logoUrl)}" alt="${name}" referrerpolicy="no-referrer"></header>`;
}
