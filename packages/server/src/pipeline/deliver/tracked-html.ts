import { clickTarget } from "../../domain/click-target.ts";
import { escapeHtml } from "../../domain/escape-html.ts";
import type { WrittenAttribute } from "../../lib/html-attributes.ts";
import { decodeEntities } from "../../lib/html-entities.ts";
import { type WalkedTag, walkTags } from "../../lib/html-walk.ts";

export interface TrackedParts {
  /** URL that stands in place of a link's; undefined where the link stays. Left out where none is replaced. */
  link?: (target: string) => string | undefined;
  /** URL of the picture; undefined for none. */
  picture: string | undefined;
}

interface Edit {
  from: number;
  end: number;
  text: string;
}

/** By which a link stays as it is. */
const exempt = "data-no-track";

/** A `&` that browsers read as a character, by a name that `href` need not hold: where such a link leads is not for us to guess. */
const plainEntity = "(?:amp|lt|gt|quot|apos|#\\d{1,7}|#x[\\da-f]{1,6});";
const bareNames =
  "amp|lt|gt|quot|copy|reg|nbsp|cent|pound|curren|yen|sect|para|micro|not|shy|deg|times|divide|uml|macr|acute|cedil|ordf|ordm|laquo|raquo|middot|iexcl|iquest|brvbar|eth|thorn";
const oddEntity = new RegExp(`&(?!${plainEntity})(?:#x?\\d|[a-z][a-z\\d]*;|(?:${bareNames})(?![=a-z\\d]))`, "i");

/**
 * HTML whose links lead by way of us, with a picture at the end of what is shown. Nothing else of it is touched: what is
 * broken stays broken, and a link that cannot be read for sure stays as it was.
 */
export function trackedHtml(html: string, { link, picture }: TrackedParts): string {
  const edits: Edit[] = [];
  let inHead = false;
  let bodyEnd = html.length;
  walkTags(html, link === undefined ? "" : "a", (tag) => {
    if (tag.name === "head") inHead = !tag.ends;
    else if (tag.name === "body") {
      inHead = false;
      if (tag.ends) bodyEnd = tag.from;
    } else if (!inHead && link !== undefined && tag.attributes.length > 0) addLinkEdit(edits, html, tag, link);
  });
  if (picture !== undefined) edits.push({ from: bodyEnd, end: bodyEnd, text: pictureOf(picture) });
  return edited(html, edits);
}

const pictureOf = (url: string): string =>
  `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`;

function addLinkEdit(
  edits: Edit[],
  html: string,
  { attributes }: WalkedTag,
  link: (target: string) => string | undefined,
): void {
  const mark = attributes.find(({ name }) => name === exempt);
  if (mark !== undefined) {
    edits.push({ ...withSpaceBefore(html, mark), text: "" });
    return;
  }
  // Of several, the first holds.
  const href = attributes.find(({ name }) => name === "href");
  if (href === undefined || oddEntity.test(href.value)) return;
  const target = clickTarget(decodeEntities(href.value));
  const url = target === undefined ? undefined : link(target);
  if (url !== undefined) edits.push({ from: href.from, end: href.end, text: `href="${escapeHtml(url)}"` });
}

function withSpaceBefore(html: string, { from, end }: WrittenAttribute): { from: number; end: number } {
  let start = from;
  // One space alone, where another or the tag's end comes behind: `a data-no-track href` must not become `ahref`.
  if (/[\t\n\f\r ]/.test(html[from - 1] ?? "") && /[\t\n\f\r >]/.test(html[end] ?? "")) start -= 1;
  return { from: start, end };
}

function edited(html: string, edits: readonly Edit[]): string {
  let whole = "";
  let at = 0;
  for (const { from, end, text } of edits.toSorted((one, other) => one.from - other.from)) {
    whole += html.slice(at, from) + text;
    at = end;
  }
  return whole + html.slice(at);
}
