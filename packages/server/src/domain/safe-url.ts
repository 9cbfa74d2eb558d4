/** What a link may lead to. */
const linkSchemes: ReadonlySet<string> = new Set(["http", "https", "mailto", "tel"]);

/** What runs or shows its own text: nothing that a template may lead to. */
const codeSchemes: ReadonlySet<string> = new Set([
  "javascript",
  "vbscript",
  "data",
  "livescript",
  "jscript",
  "mocha",
  "blob",
  "filesystem",
  "file",
]);

export const isCodeScheme = (scheme: string): boolean => codeSchemes.has(scheme);

/** All before the first `/`, `?` or `#` that ends in a colon: a scheme, or what some reader may take for one. */
const schemePart = /^[^/?#:]*:/;

/**
 * The scheme of a URL as browsers read it, in lower case: spaces and control characters before it, and tabs and new
 * lines anywhere, do not count (https://url.spec.whatwg.org/#concept-basic-url-parser). Undefined where there is none.
 */
export function schemeOf(url: string): string | undefined {
  const [part] = schemePart.exec(url) ?? [];
  return part
    ?.slice(0, -1)
    .replace(/[\t\n\r]/g, "")
    .replace(/^[\u0000- ]+/, "")
    .toLowerCase();
}

/** Whether a value may stand as a link, or with `more` schemes in places of their own, such as `cid` for an image. */
export function isSafeUrl(url: string, more?: string): boolean {
  const scheme = schemeOf(url);
  return scheme === undefined || linkSchemes.has(scheme) || scheme === more;
}
