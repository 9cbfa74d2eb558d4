/** Elements whose content is no HTML, and those in which entities alone are read. */
export const rawElements: ReadonlySet<string> = new Set([
  "script",
  "style",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
  "noscript",
  "plaintext",
]);
export const titleElements: ReadonlySet<string> = new Set(["title", "textarea"]);
