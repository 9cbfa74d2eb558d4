import { childrenOf, isMustache, isProgram, type Node, type Refuse, wrapMustache } from "./handlebars-tree.ts";
import type { ValueKind } from "./html-attributes.ts";
import { type ScannerState, scan, startState } from "./html-scanner.ts";
import { afterValue, valueAt } from "./html-values.ts";

/** Helpers that look at values; no source can name them. */
export const guardNames: Readonly<Record<Exclude<ValueKind, "text">, string>> = {
  url: "tidings url",
  imageUrl: "tidings image url",
  urlPart: "tidings url part",
  style: "tidings style",
};

const isContent = (node: Node): node is hbs.AST.ContentStatement => node.type === "ContentStatement";
const isBlock = (node: Node): node is hbs.AST.BlockStatement => node.type === "BlockStatement";

/**
 * Finds where in the HTML each value of a tree stands, refuses those that stand where escaping does not help, and puts
 * links and styles through a guard. A block has to end where it began, or all of its branches in one place; a field has to
 * end outside of tags: so a partial or a layout's content never changes what the text around it means.
 */
export function guardHtml(program: hbs.AST.Program, refuse: Refuse): void {
  const end = walk(program, startState, refuse);
  if (end.place !== "text") refuse(lastLine(program), `ends inside of ${nameOf(end)}`);
}

function walk(program: hbs.AST.Program, before: ScannerState, refuse: Refuse): ScannerState {
  let state = before;
  for (const node of program.body) {
    if (isContent(node)) state = scan(state, node.value);
    else if (isBlock(node)) state = walkBlock(node, state, refuse);
    else if (isMustache(node)) {
      guardValue(node, state, refuse);
      state = afterValue(state);
    } else if (node.type === "PartialStatement" && state.place !== "text") {
      refuse(node.loc.start.line, `a partial may not stand inside of ${nameOf(state)}`);
    }
  }
  return state;
}

function walkBlock(node: hbs.AST.BlockStatement, before: ScannerState, refuse: Refuse): ScannerState {
  const branches = [node.program, node.inverse].filter((branch) => branch !== undefined && branch !== null);
  const ends = branches.map((branch) => walk(branch, before, refuse));
  const path = childrenOf(node.path).length === 0 && "original" in node.path ? String(node.path.original) : "";
  const isChoice = path === "if" || path === "unless" || path === "with";
  // What may run no times, or many, ends where it began.
  if (!isChoice || ends.length < 2) ends.push(before);
  const at = valueAt(before);
  const isUrl = "kind" in at && at.kind !== "text" && at.kind !== "style";
  if (!isChoice && isUrl && ends.some((end) => end.url !== before.url))
    refuse(node.loc.start.line, "a URL may not begin in a loop");
  const [first = before, ...others] = ends;
  const merged = others.reduce<ScannerState | undefined>((a, b) => (a === undefined ? a : merge(a, b)), first);
  return merged ?? refuse(node.loc.start.line, "a block must begin and end in one place of the HTML");
}

/** One state for what comes behind two branches; undefined where they end in different places. */
function merge(a: ScannerState, b: ScannerState): ScannerState | undefined {
  const [left, right] = [settled(a), settled(b)];
  if (left.place === "text" && right.place === "text") return startState;
  if (left.place !== right.place || left.element !== right.element || left.ends !== right.ends) return undefined;
  if (left.place !== "value")
    return left.place === "raw" || left.place === "declaration" ? left : { ...left, seen: "" };
  if (left.attribute !== right.attribute || left.quote !== right.quote) return undefined;
  return { ...left, ...mergedUrl(left, right) };
}

/** Within a tag it makes no difference how the last attribute ended. */
function settled(state: ScannerState): ScannerState {
  const isInTag = state.place === "tagName" || state.place === "attributeName" || state.place === "afterName";
  return isInTag ? { ...state, place: "tag", attribute: "" } : state;
}

/** The one that allows less. Where one branch has put nothing in, the next value is looked at as the first. */
function mergedUrl(a: ScannerState, b: ScannerState): Pick<ScannerState, "url" | "valued" | "seen"> {
  const valued = a.valued || b.valued;
  for (const url of ["code", "open", "start", "settled"] as const)
    if (a.url === url || b.url === url) return { url, valued, seen: a.seen === b.seen ? a.seen : `${a.seen}${b.seen}` };
  return { url: "code", valued, seen: "" };
}

function guardValue(node: hbs.AST.MustacheStatement, state: ScannerState, refuse: Refuse): void {
  const { line } = node.loc.start;
  if (!node.escaped) refuse(line, "{{{ }}} would put a value in as HTML; write {{ }}, or a partial for what is HTML");
  const place = valueAt(state);
  if ("refused" in place) refuse(line, place.refused);
  else if (place.kind !== "text") wrapMustache(node, guardNames[place.kind]);
}

function nameOf({ place, element }: ScannerState): string {
  if (place === "declaration") return "a comment";
  return place === "lessThan" ? "a tag" : `<${element}>`;
}

function lastLine(node: Node): number | undefined {
  return isProgram(node) ? node.body.at(-1)?.loc.end.line : undefined;
}
