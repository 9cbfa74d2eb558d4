import {
  childrenOf,
  isCall,
  isCallable,
  isMustache,
  isPath,
  type Node,
  wrapMustache,
  wrapped,
} from "./handlebars-tree.ts";
import type { FieldPlace } from "./rendering.ts";

/** The helper that tells of a value that is not there. */
export const watchName = "tidings watch";

/** Helpers whose parameters become text; those of the others are questions. */
const showing: ReadonlySet<string> = new Set(["t", "date", "time", "number", "currency"]);

/**
 * Puts every value that becomes text through the helper that tells of missing ones: each costs a call more, so it is done
 * only where somebody wants to know. Conditions and loops ask whether something is there, and are left as they are.
 */
export function watchMissing(node: Node, place: FieldPlace): void {
  const names = [place.field, place.document ?? ""];
  const watch = (value: Node): Node =>
    isVariable(value) ? wrapped(value, watchName, value.original, ...names) : value;
  for (const child of childrenOf(node)) watchMissing(child, place);
  if (node.type === "PartialStatement") watchHash(node, watch);
  if (!isCallable(node)) return;
  const name = isPath(node.path) ? node.path.original : "";
  if (isCall(node) && showing.has(name)) {
    node.params = node.params.map((param) => watch(param)) as typeof node.params;
    watchHash(node, watch);
  } else if (isMustache(node) && (name === "lookup" || (!isCall(node) && isVariable(node.path)))) {
    wrapMustache(node, watchName, name.replace(/^this\./, ""), ...names);
  }
}

function watchHash(node: Node, watch: (value: Node) => Node): void {
  if (!("hash" in node) || node.hash === undefined) return;
  const { pairs } = node.hash as hbs.AST.Hash;
  for (const pair of pairs) pair.value = watch(pair.value) as typeof pair.value;
}

/** `@index` and its like are always there. */
function isVariable(node: Node): node is hbs.AST.PathExpression {
  return isPath(node) && (!node.data || node.parts[0] === "root");
}
