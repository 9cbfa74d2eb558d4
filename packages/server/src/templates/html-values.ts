import { placeOfAttribute, type ValueKind } from "./html-attributes.ts";
import type { ScannerState } from "./html-scanner.ts";

/** The state behind a value. */
export function afterValue(before: ScannerState): ScannerState {
  if (before.place !== "value") return before;
  return { ...before, valued: true, url: before.url === "start" ? "open" : before.url };
}

/** Where a value would stand: what has to be done with it, or why none may stand there. */
export function valueAt(state: ScannerState): { kind: ValueKind } | { refused: string } {
  switch (state.place) {
    case "text":
    case "title":
      return { kind: "text" };
    case "value":
      return inAttribute(state);
    case "unquoted":
    case "beforeValue":
      return { refused: "a value in an attribute needs quotes around it" };
    case "raw":
      return { refused: `a value may not stand in <${state.element}>` };
    case "declaration":
      return { refused: "a value may not stand in a comment" };
    default:
      return { refused: "a value may not stand in a tag, but for the quoted values of its attributes" };
  }
}

function inAttribute({ element, attribute, url }: ScannerState): { kind: ValueKind } | { refused: string } {
  const place = placeOfAttribute(element, attribute);
  if (place === "refused") return { refused: `a value may not stand in ${attribute}="…"` };
  if (place !== "url" && place !== "imageUrl") return { kind: place };
  if (url === "code") return { refused: "a value may not stand in a URL that runs code" };
  if (url === "settled") return { kind: "text" };
  return { kind: url === "open" ? "urlPart" : place };
}
