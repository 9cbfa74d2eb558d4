import type Handlebars from "handlebars";
import { isSafeUrl, schemeOf } from "../domain/safe-url.ts";
import { lineOf } from "./format-helpers.ts";
import { guardNames } from "./html-places.ts";
import type { Rendering } from "./rendering.ts";
import { watchName } from "./watch-missing.ts";

/** Escapes a value for a JSON text. */
export const jsonName = "tidings json";
/** Percent-encodes a value for a URL whose parts are none of the data's. */
export const encodeName = "tidings encode";
/** Looks at the time between values. */
export const tickName = "tidings tick";

export const guardHelpers: readonly string[] = [
  ...Object.values(guardNames),
  jsonName,
  encodeName,
  tickName,
  watchName,
];

/** Where a link would lead that may not be followed. */
const nowhere = "#";

/** Colours, sizes, names of fonts: nothing that loads, runs or begins another property. */
const harmlessStyle = /^(?:[\w#.,%\s+-]|(?:rgba?|hsla?)\([\d\s.,%/]*\))*$/i;

/** Helpers that are put into the trees; no source can name them. */
export function registerGuards(handlebars: typeof Handlebars, rendering: Rendering): void {
  const guard = (name: string, look: (text: string) => string) =>
    handlebars.registerHelper(name, (value: unknown): string => look(textOf(value)));
  guard(guardNames.url, (url) => (isSafeUrl(url) ? url : nowhere));
  guard(guardNames.imageUrl, (url) => (isSafeUrl(url, "cid") ? url : nowhere));
  guard(guardNames.urlPart, (part) => (schemeOf(part) === undefined ? part : nowhere));
  guard(guardNames.style, (style) => (harmlessStyle.test(style) ? style : ""));
  handlebars.registerHelper(jsonName, jsonText);
  handlebars.registerHelper(encodeName, urlText);
  handlebars.registerHelper(tickName, () => {
    rendering.checkTime();
    return "";
  });
  handlebars.registerHelper(
    watchName,
    (value: unknown, variable: unknown, field: unknown, document: unknown, options: unknown): unknown => {
      if (value !== undefined && value !== null) return value;
      const place = { field: String(field), document: document === "" ? undefined : String(document) };
      const line = typeof options === "object" && options !== null ? lineOf(options) : undefined;
      rendering.around.onMissing?.(place, line, String(variable));
      return value;
    },
  );
}

/** As Handlebars shows a value. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

/** A value as it may stand in a URL: what means something there is percent-encoded (RFC 3986 §2.1). */
function urlText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return encodeURIComponent(typeof value === "object" ? JSON.stringify(value) : String(value));
}

/**
 * A value as it may stand inside a JSON text: what would end a string is escaped. An object becomes escaped text as well, so
 * that no value can add fields or elements of its own.
 */
function jsonText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}
