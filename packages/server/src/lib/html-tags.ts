import { decodeEntities } from "./html-entities.ts";

const attribute = /([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/g;

/** A tag as it was written, without its angle brackets. */
export interface Tag {
  name: string;
  ends: boolean;
  source: string;
}

/** Where a tag ends: a `>` in a quoted value does not. */
export function tagEnd(html: string, open: number): number {
  let quote = 0;
  for (let at = open + 1; at < html.length; at += 1) {
    const code = html.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) return at;
    else if ((code === 0x22 || code === 0x27) && html.charCodeAt(at - 1) === 0x3d) quote = code;
  }
  return html.length;
}

export function tagOf(source: string): Tag | undefined {
  const [, slash, name] = /^(\/?)([a-zA-Z][^\s/>]*)/.exec(source) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), ends: slash === "/", source };
}

/** Attributes by their names in lower case, with their entities read. */
export function attributesOf({ name, source }: Tag): Map<string, string> {
  const values = new Map<string, string>();
  for (const [, key = "", double, single, bare] of source.slice(name.length).matchAll(attribute)) {
    const lower = key.toLowerCase();
    if (!values.has(lower)) values.set(lower, decodeEntities(double ?? single ?? bare ?? ""));
  }
  return values;
}
