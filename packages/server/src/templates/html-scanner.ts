import { isCodeScheme, schemeOf } from "../domain/safe-url.ts";
import { rawElements, titleElements } from "./html-elements.ts";

/*
 * Follows HTML character by character, as the tokenizer of the standard does (https://html.spec.whatwg.org/#tokenization),
 * to tell where a value would stand. What differs from it: `<!--[if …]>` opens a part for Outlook, which is read as HTML,
 * as that program does; for all others it is a comment, from which an escaped value cannot lead out either.
 *
 *   text ── < ──▶ lessThan ── a-z ──▶ tagName ──▶ tag ◀──▶ attributeName ──▶ afterName ──▶ beforeValue ──▶ value ──▶ tag
 *     ▲              └──── ! ? / ──▶ declaration, comment                     > ──▶ text, raw (script, style …), title
 */

type Place =
  | "text"
  | "lessThan"
  | "tagName"
  | "tag"
  | "attributeName"
  | "afterName"
  | "beforeValue"
  | "value"
  | "unquoted"
  | "declaration"
  | "raw"
  | "title";

/** How far a URL has come: nothing yet, something that may become a scheme, its scheme is settled, or one that runs code. */
type UrlProgress = "start" | "open" | "settled" | "code";

export interface ScannerState {
  place: Place;
  element: string;
  /** The tag ends an element. */
  ends: boolean;
  attribute: string;
  quote: string;
  url: UrlProgress;
  /** What stands in an attribute's value so far, or in a declaration. */
  seen: string;
  /** A value stands in the attribute already. */
  valued: boolean;
}

export const startState: ScannerState = {
  place: "text",
  element: "",
  ends: false,
  attribute: "",
  quote: "",
  url: "start",
  seen: "",
  valued: false,
};

const isSpace = (character: string): boolean => /[\t\n\f\r ]/.test(character);

/** The state behind a text. */
export function scan(before: ScannerState, text: string): ScannerState {
  const state = { ...before };
  for (const character of text) steps[state.place](state, character);
  return state;
}

const steps: Readonly<Record<Place, (state: ScannerState, character: string) => void>> = {
  text(state, character) {
    if (character === "<") state.place = "lessThan";
  },
  lessThan(state, character) {
    if (/[a-zA-Z]/.test(character)) Object.assign(state, { place: "tagName", element: character.toLowerCase() });
    else if (character === "/" && !state.ends) state.ends = true;
    else if (character === "!" || character === "?" || state.ends) begin(state, "declaration", character);
    else if (character !== "<") Object.assign(state, { place: "text", ends: false });
  },
  tagName(state, character) {
    if (isSpace(character) || character === "/") state.place = "tag";
    else if (character === ">") endTag(state);
    else state.element += character.toLowerCase();
  },
  tag(state, character) {
    if (character === ">") endTag(state);
    else if (!isSpace(character) && character !== "/")
      Object.assign(state, { place: "attributeName", attribute: character.toLowerCase() });
  },
  attributeName(state, character) {
    if (isSpace(character)) state.place = "afterName";
    else if (character === "=") state.place = "beforeValue";
    else if (character === "/") state.place = "tag";
    else if (character === ">") endTag(state);
    else state.attribute += character.toLowerCase();
  },
  afterName(state, character) {
    if (isSpace(character)) return;
    if (character === "=") state.place = "beforeValue";
    else steps.tag(state, character);
    if (state.place === "afterName") state.place = "tag";
  },
  beforeValue(state, character) {
    if (isSpace(character)) return;
    if (character === ">") endTag(state);
    else if (character === '"' || character === "'")
      Object.assign(state, { place: "value", quote: character, url: "start", seen: "", valued: false });
    else state.place = "unquoted";
  },
  value(state, character) {
    if (character === state.quote) state.place = "tag";
    else if (state.url === "start" || state.url === "open") followUrl(state, character);
  },
  unquoted(state, character) {
    if (isSpace(character)) state.place = "tag";
    else if (character === ">") endTag(state);
  },
  declaration(state, character) {
    state.seen += character;
    const { seen } = state;
    const conditional = seen.startsWith("!--[if") && seen.endsWith("]>");
    const comment = seen === "!-->" || seen === "!--->" || seen.endsWith("-->") || seen.endsWith("--!>");
    const isOver = seen.startsWith("!--") ? conditional || comment : character === ">";
    if (isOver) begin(state, "text", "");
  },
  raw: leaveAtEndTag,
  title: leaveAtEndTag,
};

function begin(state: ScannerState, place: Place, seen: string): void {
  Object.assign(state, { place, seen, ends: false });
}

function endTag(state: ScannerState): void {
  const place = rawElements.has(state.element) ? "raw" : titleElements.has(state.element) ? "title" : "text";
  begin(state, state.ends ? "text" : place, "");
}

function leaveAtEndTag(state: ScannerState, character: string): void {
  state.seen = character === "<" ? "<" : state.seen + character.toLowerCase();
  const name = `</${state.element}`;
  if (state.seen.length > name.length + 1) state.seen = "";
  if (!state.seen.startsWith(name) || state.seen.length !== name.length + 1) return;
  if (character === ">") begin(state, "text", "");
  else if (isSpace(character) || character === "/") Object.assign(state, { place: "tag", ends: true, seen: "" });
}

/** A colon before any `/`, `?` or `#` ends a scheme. One that a value is part of could be any. */
function followUrl(state: ScannerState, character: string): void {
  state.seen += character;
  if (character === "/" || character === "?" || character === "#") state.url = "settled";
  else if (character === ":") state.url = state.valued || isCodeScheme(schemeOf(state.seen) ?? "") ? "code" : "settled";
  else if (character > " ") state.url = "open";
}
