/**
 * Finds values of the object literal that a source exports by default, so that a fault of the document can be shown where
 * it was written. What is no literal there (a variable, a spread, a call) ends the search at the nearest place above it.
 */
export function offsetInLiteral(
  text: string,
  path: readonly (string | number)[],
  part: "key" | "value" = "value",
): number {
  const start = /export\s+default\s+(?:[\w.]+\s*(?:<[^>]*>)?\(\s*)?/.exec(text);
  if (start === null) return 0;
  let at = start.index + start[0].length;
  for (const [index, name] of path.entries()) {
    const found = typeof name === "number" ? element(text, at, name) : property(text, at, name);
    if (found === undefined) return at;
    if (part === "key" && index === path.length - 1) return found.key;
    at = found.value;
  }
  return at;
}

interface Found {
  key: number;
  value: number;
}

function property(text: string, at: number, name: string): Found | undefined {
  if (text[at] !== "{") return undefined;
  for (let i = skipBlank(text, at + 1); i < text.length && text[i] !== "}"; i = skipBlank(text, i)) {
    const [written] = /^(?:"[^"]*"|'[^']*'|[\w$]+)/.exec(text.slice(i, i + 200)) ?? [];
    const colon = written === undefined ? i : skipBlank(text, i + written.length);
    const value = written !== undefined && text[colon] === ":" ? skipBlank(text, colon + 1) : i;
    if (written?.replaceAll(/["']/g, "") === name) return { key: i, value };
    i = endOfValue(text, value);
    if (text[i] === ",") i += 1;
  }
  return undefined;
}

function element(text: string, at: number, index: number): Found | undefined {
  if (text[at] !== "[") return undefined;
  let left = index;
  for (let i = skipBlank(text, at + 1); i < text.length && text[i] !== "]"; i = skipBlank(text, i)) {
    if (left === 0) return { key: i, value: i };
    left -= 1;
    i = endOfValue(text, i);
    if (text[i] === ",") i += 1;
  }
  return undefined;
}

/** The comma or bracket behind the value that begins here. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    const end = endOfOpaque(text, i);
    if (end > i) i = end - 1;
    else if ("([{".includes(text[i] ?? "")) depth += 1;
    else if (depth > 0 && ")]}".includes(text[i] ?? "")) depth -= 1;
    else if (depth === 0 && ",)]}".includes(text[i] ?? "")) return i;
  }
  return text.length;
}

/** Behind the comment or text that begins here; the same place where none does. */
function endOfOpaque(text: string, at: number): number {
  const rest = text.slice(at, at + 2);
  if (rest === "//") return at + (/^[^\n]*/.exec(text.slice(at))?.[0].length ?? 0);
  if (rest === "/*") return endAfter(text, "*/", at + 2);
  const quote = text[at] ?? "";
  if (!"\"'`".includes(quote) || quote === "") return at;
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === "\\") i += 1;
    else if (text[i] === quote) return i + 1;
  }
  return text.length;
}

function endAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at += 1;
    if (text[at] !== "/") return at;
    const end = endOfOpaque(text, at);
    if (end === at) return at;
    at = end;
  }
}
