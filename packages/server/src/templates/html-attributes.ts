/**
 * What has to be done with a value: escaped as text; looked at as a link that it begins, as an image that it begins, or as
 * a part of a URL whose scheme is not there yet; or let through only as a harmless value of a style.
 */
export type ValueKind = "text" | "url" | "imageUrl" | "urlPart" | "style";

/** Attributes that hold one URL (https://html.spec.whatwg.org/multipage/indices.html#attributes-3, and old ones). */
const urlAttributes: ReadonlySet<string> = new Set([
  "href",
  "action",
  "formaction",
  "cite",
  "data",
  "longdesc",
  "usemap",
  "codebase",
  "classid",
  "profile",
  "manifest",
  "itemid",
  "itemtype",
]);
const imageAttributes: ReadonlySet<string> = new Set(["src", "background", "poster", "icon", "lowsrc", "dynsrc"]);

/** Lists of URLs, HTML in an attribute. */
const refusedAttributes: ReadonlySet<string> = new Set(["srcdoc", "srcset", "imagesrcset", "ping", "archive"]);

/** Elements that set other elements' attributes, or have a URL among other text. */
const refusedIn: Readonly<Record<string, ReadonlySet<string>>> = {
  meta: new Set(["content", "http-equiv"]),
  animate: new Set(["from", "to", "by", "values", "attributename"]),
  set: new Set(["to", "attributename"]),
  param: new Set(["value", "name"]),
};

/** What a value in an attribute is, `refused` where none may stand. Names are in lower case. */
export function placeOfAttribute(element: string, attribute: string): Exclude<ValueKind, "urlPart"> | "refused" {
  // Prefixes, as in xlink:href and v:src, do not change what an attribute is.
  const name = attribute.slice(attribute.lastIndexOf(":") + 1);
  if (name.startsWith("on") || refusedAttributes.has(name) || refusedIn[element]?.has(name)) return "refused";
  if (name === "style") return "style";
  if (imageAttributes.has(name)) return "imageUrl";
  return urlAttributes.has(name) ? "url" : "text";
}
