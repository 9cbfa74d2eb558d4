import { readAttributes, type WrittenAttribute } from "./html-attributes.ts";

/** A tag of a text: `html.slice(from, end)`, with its angle brackets. */
export interface WalkedTag {
  /** In lower case. */
  name: string;
  ends: boolean;
  from: number;
  end: number;
  /** Of tags that begin something and have the name that was asked for. */
  attributes: readonly WrittenAttribute[];
}

/** Elements that hold nothing but text, whatever looks like a tag in it (https://html.spec.whatwg.org/#parsing-html-fragments). */
const texts: ReadonlySet<string> = new Set([
  "script",
  "style",
  "title",
  "textarea",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
]);
const none: readonly WrittenAttribute[] = [];
const letter = /[a-zA-Z]/;
const nameEnds = /[\t\n\f\r />]/g;

/**
 * Visits the tags of a text in order, with the attributes of those named `wanted`. What stands in comments, also in the conditional
 * ones of Outlook, and in elements that hold but text is none. A tag that never ends, and all behind it, is left out.
 */
export function walkTags(html: string, wanted: string, visit: (tag: WalkedTag) => void): void {
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at)) {
    const ends = html[at + 1] === "/";
    const nameAt = at + (ends ? 2 : 1);
    if (!letter.test(html[nameAt] ?? "")) {
      at = pastOther(html, at);
      continue;
    }
    nameEnds.lastIndex = nameAt;
    const nameEnd = nameEnds.exec(html)?.index;
    if (nameEnd === undefined) return;
    const name = html.slice(nameAt, nameEnd).toLowerCase();
    const attributes = name === wanted && !ends ? [] : undefined;
    const close = readAttributes(html, nameEnd, attributes);
    if (close === undefined) return;
    visit({ name, ends, from: at, end: close + 1, attributes: attributes ?? none });
    at = !ends && texts.has(name) ? endOfText(html, close + 1, name) : close + 1;
  }
}

/** Behind a comment, a doctype or something like it; a `<` that begins nothing is text. */
function pastOther(html: string, at: number): number {
  const next = html[at + 1];
  if (html.startsWith("<!--", at)) {
    // `<!-->` and `<!--->` are whole comments.
    const close = html.indexOf("-->", at + 2);
    return close === -1 ? html.length : close + 3;
  }
  if (next !== "!" && next !== "?" && next !== "/") return at + 1;
  const close = html.indexOf(">", at);
  return close === -1 ? html.length : close + 1;
}

/** Where the tag begins that ends an element of text. */
function endOfText(html: string, from: number, name: string): number {
  for (let at = html.indexOf("</", from); at !== -1; at = html.indexOf("</", at + 2)) {
    const nameEnd = at + 2 + name.length;
    if (html.slice(at + 2, nameEnd).toLowerCase() === name && /[\t\n\f\r />]/.test(html[nameEnd] ?? "")) return at;
  }
  return html.length;
}
