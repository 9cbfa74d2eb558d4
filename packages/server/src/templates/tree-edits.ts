import { tickName } from "./guard-helpers.ts";
import { childrenOf, isMustache, isProgram, mustacheOf, type Node, wrapMustache } from "./handlebars-tree.ts";

/** The clock is looked at once in so many values: one may be a megabyte, which takes up to 0.1 s to escape. */
const valuesPerTick = 4;

/** Puts every value of a text through a helper that escapes it, in `{{ }}` and `{{{ }}}` alike. */
export function escapeBy(helper: string, node: Node): void {
  for (const child of childrenOf(node)) escapeBy(helper, child);
  if (isMustache(node)) wrapMustache(node, helper);
}

/** Puts a look at the clock between the values, so that a rendering that takes too long is ended. */
export function addTicks(node: Node): void {
  for (const child of childrenOf(node)) addTicks(child);
  if (!isProgram(node)) return;
  let values = 0;
  node.body = node.body.flatMap((statement) => {
    values += isMustache(statement) ? 1 : 0;
    if (!isMustache(statement) || values % valuesPerTick !== 0) return [statement];
    return [statement, mustacheOf(tickName, statement.loc)];
  });
}
