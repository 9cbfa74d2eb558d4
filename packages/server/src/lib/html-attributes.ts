/** An attribute as it stands in a text: `html.slice(from, end)`; its value without quotes, and with its entities as written. */
export interface WrittenAttribute {
  /** In lower case. */
  name: string;
  from: number;
  end: number;
  value: string;
}

const tab = 0x09;
const newline = 0x0a;
const formFeed = 0x0c;
const carriageReturn = 0x0d;
const space = 0x20;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const slash = 0x2f;
const equals = 0x3d;
const greater = 0x3e;

const isSpace = (code: number): boolean =>
  code === space || code === newline || code === carriageReturn || code === tab || code === formFeed;

/**
 * Where the tag ends whose name ends at `at`: the place of its `>`, or undefined where it never ends. Its attributes are added
 * to `found`, where that is given. As browsers read it (https://html.spec.whatwg.org/#before-attribute-name-state), so that
 * what they take for a link is one here, and nothing else is.
 */
export function readAttributes(html: string, at: number, found?: WrittenAttribute[]): number | undefined {
  for (let from = at; ; ) {
    while (isSpace(html.charCodeAt(from)) || html.charCodeAt(from) === slash) from += 1;
    if (from >= html.length) return undefined;
    if (html.charCodeAt(from) === greater) return from;
    const nameEnd = endOfName(html, from);
    const sign = afterSpace(html, nameEnd);
    const hasValue = html.charCodeAt(sign) === equals;
    const end = hasValue ? endOfValue(html, afterSpace(html, sign + 1)) : nameEnd;
    if (end === undefined) return undefined;
    found?.push({
      name: html.slice(from, nameEnd).toLowerCase(),
      from,
      end,
      value: hasValue ? unquoted(html.slice(afterSpace(html, sign + 1), end)) : "",
    });
    from = end;
  }
}

function afterSpace(html: string, at: number): number {
  let end = at;
  while (isSpace(html.charCodeAt(end))) end += 1;
  return end;
}

/** A name may begin with what ends it otherwise. */
function endOfName(html: string, from: number): number {
  for (let at = from + 1; at < html.length; at += 1) {
    const code = html.charCodeAt(at);
    if (isSpace(code) || code === slash || code === greater || code === equals) return at;
  }
  return html.length;
}

/** Behind the closing quote; undefined where there is none. */
function endOfValue(html: string, from: number): number | undefined {
  const first = html.charCodeAt(from);
  if (first === doubleQuote || first === singleQuote) {
    const close = html.indexOf(first === doubleQuote ? '"' : "'", from + 1);
    return close === -1 ? undefined : close + 1;
  }
  for (let at = from; at < html.length; at += 1) {
    const code = html.charCodeAt(at);
    if (isSpace(code) || code === greater) return at;
  }
  return html.length;
}

const unquoted = (value: string): string => (/^["']/.test(value) ? value.slice(1, -1) : value);
