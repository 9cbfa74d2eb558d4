import { decodeEntities } from "./html-entities.ts";
import { attributesOf, type Tag, tagEnd, tagOf } from "./html-tags.ts";
import { TextWriter } from "./text-writer.ts";

/** Elements that stand in lines of their own, and how many empty lines are around them. */
const blocks: Readonly<Record<string, number>> = {
  p: 1,
  h1: 1,
  h2: 1,
  h3: 1,
  h4: 1,
  h5: 1,
  h6: 1,
  ul: 1,
  ol: 1,
  dl: 1,
  blockquote: 1,
  pre: 1,
  table: 0,
  tr: 0,
  div: 0,
  section: 0,
  article: 0,
  header: 0,
  footer: 0,
  main: 0,
  nav: 0,
  aside: 0,
  address: 0,
  center: 0,
  figure: 0,
  figcaption: 0,
  form: 0,
  fieldset: 0,
  dt: 0,
  dd: 0,
  li: 0,
};

/** Elements whose content no reader sees as text. */
const unread: ReadonlySet<string> = new Set([
  "head",
  "script",
  "style",
  "title",
  "template",
  "noscript",
  "svg",
  "object",
]);
const empty: ReadonlySet<string> = new Set(["br", "hr", "img", "input", "meta", "link", "col", "area", "wbr", "base"]);

const mayHide = /hidden|none|mso-hide/i;
const hiddenStyle = /display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all/i;

/**
 * The text part of a mail out of its HTML, in one pass: links as `text (url)`, lists with their marks, a table's cells beside
 * each other, nothing of what is hidden, such as a preheader. Mails hold simple HTML; what is broken is read as far as it goes.
 */
export function textOfHtml(html: string): string {
  const writer = new TextWriter();
  /** Element that is passed over, and how many of its name are open in it. */
  let passed: { name: string; depth: number } | undefined;
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf("<", at);
    const end = open === -1 ? html.length : open;
    if (passed === undefined && end > at) writer.text(decodeEntities(html.slice(at, end)));
    if (open === -1) break;
    if (!/[a-zA-Z/!?]/.test(html[open + 1] ?? "")) {
      if (passed === undefined) writer.text("<");
      at = open + 1;
      continue;
    }
    if (html.startsWith("<!--", open)) {
      const close = html.indexOf("-->", open + 4);
      at = close === -1 ? html.length : close + 3;
      continue;
    }
    const close = tagEnd(html, open);
    const tag = tagOf(html.slice(open + 1, close));
    at = close + 1;
    if (tag === undefined) continue;
    if (passed !== undefined) {
      if (tag.name === passed.name) passed.depth += tag.ends ? -1 : 1;
      if (passed.depth === 0) passed = undefined;
    } else if (!tag.ends && isUnread(tag)) {
      if (!empty.has(tag.name)) passed = { name: tag.name, depth: 1 };
    } else follow(writer, tag);
  }
  return writer.end();
}

function isUnread(tag: Tag): boolean {
  if (unread.has(tag.name)) return true;
  // Nearly every tag of a mail has a style: its attributes are told apart only where one of them may hide it.
  if (!mayHide.test(tag.source)) return false;
  const values = attributesOf(tag);
  return values.has("hidden") || hiddenStyle.test(values.get("style") ?? "");
}

function follow(writer: TextWriter, tag: Tag): void {
  const { name, ends } = tag;
  switch (name) {
    case "br":
      writer.line();
      return;
    case "hr":
      writer.rule();
      return;
    case "img":
      writer.text(attributesOf(tag).get("alt") ?? "");
      return;
    case "a":
      if (ends) writer.endLink();
      else writer.beginLink(attributesOf(tag).get("href"));
      return;
    case "td":
    case "th":
      if (!ends) writer.cell();
      return;
    case "ul":
    case "ol":
      if (ends) writer.endList();
      else writer.beginList(name === "ol");
      return;
    case "li":
      if (!ends) writer.item();
      return;
    case "pre":
      writer.keepSpace(!ends);
      return;
    default: {
      const lines = Object.hasOwn(blocks, name) ? blocks[name] : undefined;
      if (lines !== undefined) writer.block(lines);
    }
  }
}
