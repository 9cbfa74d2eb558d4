import Handlebars from "handlebars";

/*
 * Handlebars' syntax trees: what its own parser made of a source, and what is built here. No tree is ever taken from
 * outside (CVE-2026-33937).
 */

export type Node = hbs.AST.Node;
export type CallNode = hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression;
/** Throws the fault of a field, at a line of its source. */
export type Refuse = (line: number | undefined, why: string) => never;

export const isCallable = (node: Node): node is CallNode =>
  node.type === "MustacheStatement" || node.type === "BlockStatement" || node.type === "SubExpression";
export const isMustache = (node: Node): node is hbs.AST.MustacheStatement => node.type === "MustacheStatement";
export const isPath = (node: Node): node is hbs.AST.PathExpression => node.type === "PathExpression";
export const isString = (node: Node): node is hbs.AST.StringLiteral => node.type === "StringLiteral";
export const isProgram = (node: Node): node is hbs.AST.Program => node.type === "Program";
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** The nodes directly below one. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** Whether a mustache or an expression calls a helper, and does not only name a value. */
export function isCall(node: CallNode): boolean {
  return node.params.length > 0 || node.hash !== undefined || node.type === "SubExpression";
}

/** Makes the value of a mustache the first parameter of a helper. */
export function wrapMustache(node: hbs.AST.MustacheStatement, helper: string, ...more: readonly string[]): void {
  const { loc, path, params, hash } = node;
  const value: Node = isCall(node) ? Object.assign({ type: "SubExpression", loc }, { path, params, hash }) : path;
  const literals = more.map((text) => literalOf(text, loc));
  Object.assign(node, { path: pathOf(helper, loc), params: [value, ...literals], hash: undefined });
}

/** A call of a helper around a value. */
export function wrapped(value: Node, helper: string, ...more: readonly string[]): Node {
  const { loc } = value;
  const params = [value, ...more.map((text) => literalOf(text, loc))];
  return Object.assign({ type: "SubExpression", loc }, { path: pathOf(helper, loc), params, hash: undefined });
}

/** A call of a helper that stands for itself and shows nothing. */
export function mustacheOf(helper: string, loc: hbs.AST.SourceLocation): hbs.AST.MustacheStatement {
  const path = pathOf(helper, loc);
  const strip = { open: false, close: false };
  const statement: unknown = {
    type: "MustacheStatement",
    loc,
    path,
    params: [],
    hash: undefined,
    escaped: false,
    strip,
  };
  return statement as hbs.AST.MustacheStatement;
}

function pathOf(name: string, loc: hbs.AST.SourceLocation): hbs.AST.PathExpression {
  return { type: "PathExpression", loc, data: false, depth: 0, parts: [name], original: name };
}

function literalOf(text: string, loc: hbs.AST.SourceLocation): hbs.AST.StringLiteral {
  return { type: "StringLiteral", loc, value: text, original: text };
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
