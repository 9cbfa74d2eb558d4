import {
  type CallNode,
  childrenOf,
  isCall,
  isCallable,
  isPath,
  isString,
  type Node,
  type Refuse,
} from "./handlebars-tree.ts";

/** Nodes nested in each other, which is what recursion in the compiler follows. */
const nodeDepthMax = 64;

/** Helpers that a template may call, how many values each takes, and the names that may follow; `any` are a message's. */
const helpers: Readonly<Record<string, { arity: number; names: readonly string[] | "any"; isBlock?: true }>> = {
  if: { arity: 1, names: ["includeZero"], isBlock: true },
  unless: { arity: 1, names: ["includeZero"], isBlock: true },
  each: { arity: 1, names: [], isBlock: true },
  with: { arity: 1, names: [], isBlock: true },
  lookup: { arity: 2, names: [] },
  eq: { arity: 2, names: [] },
  t: { arity: 1, names: "any" },
  date: { arity: 1, names: ["style", "time", "zone"] },
  time: { arity: 1, names: ["style", "zone"] },
  number: { arity: 1, names: ["digits", "style"] },
  currency: { arity: 2, names: ["digits"] },
};

/** Values that some helpers' names may have. */
const styles: Readonly<Record<string, readonly string[]>> = {
  "date style": ["short", "medium", "long", "full"],
  "date time": ["short", "medium", "long", "full"],
  "time style": ["short", "medium", "long", "full"],
  "number style": ["decimal", "percent"],
};

/** Helpers that Handlebars is told of. */
export const knownHelpers: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.keys(helpers).map((name) => [name, true]),
);

/** Handlebars would call these of its own where a template names them. */
const reservedNames: ReadonlySet<string> = new Set(["helperMissing", "blockHelperMissing", "log"]);

/** Names that lead out of the data. Handlebars' runtime refuses inherited properties too; here their authors are told. */
const forbiddenNames: ReadonlySet<string> = new Set([
  "constructor",
  "prototype",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
]);

/** Everything else, above all decorators and blocks that are partials, is refused. */
const allowedTypes: ReadonlySet<string> = new Set([
  "Program",
  "MustacheStatement",
  "BlockStatement",
  "ContentStatement",
  "CommentStatement",
  "PartialStatement",
  "SubExpression",
  "PathExpression",
  "StringLiteral",
  "NumberLiteral",
  "BooleanLiteral",
  "UndefinedLiteral",
  "NullLiteral",
  "Hash",
  "HashPair",
]);

/** Whether there is a message of a name; undefined where that is not known, as in a partial that is checked for itself. */
export type HasMessage = ((name: string) => boolean) | undefined;

/** Throws a TemplateFault for the first thing that a template may not hold. */
export function checkTemplate(node: Node, refuseAt: Refuse, hasMessage: HasMessage, depth = 0): void {
  const refuse = (why: string): never => refuseAt(node.loc?.start.line, why);
  if (depth > nodeDepthMax) refuse("is nested too deep");
  if (!allowedTypes.has(node.type)) refuse("decorators and partials with a block are not allowed");
  // Only the guards that are put in here have a space in their names.
  if (isPath(node) && node.parts.some((part) => forbiddenNames.has(part) || part.startsWith("tidings ")))
    refuse("leads out of the data");
  if (isString(node) && forbiddenNames.has(node.value)) refuse("leads out of the data");
  if (isCallable(node)) checkCall(node, refuse, hasMessage);
  for (const child of childrenOf(node)) checkTemplate(child, refuseAt, hasMessage, depth + 1);
}

function checkCall(node: CallNode, refuse: (why: string) => never, hasMessage: HasMessage): void {
  const { path, params } = node;
  const name = isPath(path) ? path.original : "";
  if (isPath(path) && path.parts.some((part) => reservedNames.has(part))) refuse("names a helper that is not allowed");
  if (node.type === "MustacheStatement" && name === "tenant" && !isCall(node)) refuse("write {{tenant.key}}");
  const helper = Object.hasOwn(helpers, name) ? helpers[name] : undefined;
  if (!isCall(node)) {
    if (helper?.isBlock) refuse(`'${name}' takes ${helper.arity} value`);
    // A name of the data that a helper has as well means the data.
    if (helper !== undefined && isPath(path)) path.original = `this.${name}`;
    return;
  }
  const { arity, names, isBlock = false } = helper ?? refuse(`calls '${name}', which is no helper`);
  if (params.length !== arity) refuse(`'${name}' takes ${arity} value${arity === 1 ? "" : "s"}`);
  if (node.type === "BlockStatement" && !isBlock) refuse(`'${name}' is no block`);
  if (node.type !== "BlockStatement" && isBlock) refuse(`'${name}' is a block: write {{#${name} …}}`);
  for (const { key, value } of node.hash?.pairs ?? []) {
    if (names !== "any" && !names.includes(key)) refuse(`'${name}' does not know ${key}=`);
    const allowed = styles[`${name} ${key}`];
    if (allowed !== undefined && isString(value) && !allowed.includes(value.value))
      refuse(`${key} must be one of ${allowed.join(", ")}`);
  }
  if (name === "t") checkMessage(params[0], refuse, hasMessage);
}

function checkMessage(name: Node | undefined, refuse: (why: string) => never, hasMessage: HasMessage): void {
  if (name === undefined || !isString(name)) refuse("a message must be named as it is, in quotes");
  else if (hasMessage !== undefined && !hasMessage(name.value))
    refuse(`messages.default has no message '${name.value}'`);
}
