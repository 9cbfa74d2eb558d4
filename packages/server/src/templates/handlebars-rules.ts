import Handlebars from "handlebars";

export type Node = hbs.AST.Node;
/** Throws the fault of a field, at a line of its source. */
export type Refuse = (line: number | undefined, why: string) => never;

/** Nodes nested in each other, which is what recursion in the compiler follows. */
const nodeDepthMax = 64;

/** Helpers that a template may call, and how many values each takes. */
const helperArity: Readonly<Record<string, number>> = { if: 1, unless: 1, each: 1, with: 1, lookup: 2, eq: 2 };

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

const isCallable = (node: Node): node is hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression =>
  node.type === "MustacheStatement" || node.type === "BlockStatement" || node.type === "SubExpression";
const isMustache = (node: Node): node is hbs.AST.MustacheStatement => node.type === "MustacheStatement";
const isPath = (node: Node): node is hbs.AST.PathExpression => node.type === "PathExpression";
const isString = (node: Node): node is hbs.AST.StringLiteral => node.type === "StringLiteral";
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** The nodes directly below one. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** Throws a TemplateFault for the first thing that a template may not hold. */
export function checkTemplate(node: Node, refuseAt: Refuse, depth = 0): void {
  const refuse = (why: string): never => refuseAt(node.loc?.start.line, why);
  if (depth > nodeDepthMax) refuse("is nested too deep");
  if (!allowedTypes.has(node.type)) refuse("decorators and partials with a block are not allowed");
  if (isPath(node) && node.parts.some((part) => forbiddenNames.has(part))) refuse("leads out of the data");
  if (isString(node) && forbiddenNames.has(node.value)) refuse("leads out of the data");
  if (isCallable(node)) checkCall(node, refuse);
  for (const child of childrenOf(node)) checkTemplate(child, refuseAt, depth + 1);
}

function checkCall(
  node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression,
  refuse: (why: string) => never,
): void {
  const { path, params } = node;
  const name = isPath(path) ? path.original : "";
  if (isPath(path) && path.parts.some((part) => reservedNames.has(part))) refuse("names a helper that is not allowed");
  const isCall = params.length > 0 || node.hash !== undefined || node.type === "SubExpression";
  const arity = Object.hasOwn(helperArity, name) ? helperArity[name] : undefined;
  if (isCall && arity === undefined) refuse("calls a helper that does not exist");
  if (arity !== undefined && params.length !== arity) refuse(`'${name}' takes ${arity} value${arity === 1 ? "" : "s"}`);
}

/**
 * Puts every value of a text through a helper that escapes it (`json`, `url`), in `{{ }}` and `{{{ }}}` alike. The nodes are
 * what Handlebars' own parser made of the source and what is built here; no tree is ever taken from outside (CVE-2026-33937).
 */
export function escapeBy(helper: "json" | "url", node: Node): void {
  for (const child of childrenOf(node)) escapeBy(helper, child);
  if (!isMustache(node)) return;
  const { loc, path, params, hash } = node;
  const isCall = params.length > 0;
  const value: Node = isCall ? Object.assign({ type: "SubExpression", loc }, { path, params, hash }) : path;
  const call: hbs.AST.PathExpression = {
    type: "PathExpression",
    loc,
    data: false,
    depth: 0,
    parts: [helper],
    original: helper,
  };
  Object.assign(node, { path: call, params: [value], hash: undefined, escaped: false });
}

/** Parses a source; a fault in it names the line. */
export function parseTemplate(source: string, refuse: Refuse): hbs.AST.Program {
  try {
    return Handlebars.parse(source);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const line = /line (\d+)|- (\d+):\d+$/.exec(message);
    const [first = "cannot be parsed"] = message.split("\n");
    return refuse(line === null ? undefined : Number(line[1] ?? line[2]), first.replace(/:$/, ""));
  }
}
