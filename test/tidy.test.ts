import { readFileSync } from "node:fs";
import { basename } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { repositoryFiles } from "../scripts/files.mjs";
import ratchet from "./tidy-ratchet.json" with { type: "json" };

/** What STYLE.md says and a program can see. Every fault is printed as file:line. */

const functionLinesMax = 70;
const fileLinesMax = 400;
const longFileLines = 150;

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.tsx?$/;
const testFunctions = new Set(["describe", "it", "test", "suite"]);
const hooks = new Set(["beforeAll", "beforeEach", "afterAll", "afterEach", "bench"]);

interface Source {
  path: string;
  tree: ts.SourceFile;
  lines: number;
  isTest: boolean;
}

const root = new URL("../", import.meta.url);
const sources = repositoryFiles()
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
  .map(parse);

function parse(path: string): Source {
  const text = readFileSync(new URL(encodeURI(path), root), "utf8");
  return {
    path,
    tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    isTest: /\.test\.tsx?$|(^|[/.])conformance\.ts$|^(test|benchmarks)\//.test(path),
  };
}

function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}

/** `describe.each(...)` and `it.skip.each` begin with `describe` and `it`. */
function rootName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression);
  return ts.isTaggedTemplateExpression(node) ? rootName(node.tag) : undefined;
}

function isCallOf(node: ts.Node, names: ReadonlySet<string>): node is ts.CallExpression {
  return ts.isCallExpression(node) && names.has(rootName(node.expression) ?? "");
}

function nodesOf(source: Source): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return nodes;
}

/** One line of text per node that `fault` says something about. */
function faultsOf(among: readonly Source[], fault: (node: ts.Node, source: Source) => string | undefined): string[] {
  return among.flatMap((source) =>
    nodesOf(source).flatMap((node) => {
      const text = fault(node, source);
      return text === undefined ? [] : [`${source.path}:${lineOf(source, node)} ${text}`];
    }),
  );
}

/** A function that holds tests is a list of them, and as long as the list. */
function holdsTests(node: ts.Node): boolean {
  if (isCallOf(node.parent, testFunctions) || isCallOf(node.parent, hooks)) return true;
  const body = ts.isFunctionLike(node) && "body" in node ? node.body : undefined;
  if (body === undefined || !ts.isBlock(body)) return false;
  return body.statements.some((each) => ts.isExpressionStatement(each) && isCallOf(each.expression, testFunctions));
}

function overlongFunction(node: ts.Node, source: Source): string | undefined {
  if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return undefined;
  if (source.isTest && holdsTests(node)) return undefined;
  const end = source.tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  const lines = end - lineOf(source, node) + 1;
  return lines > functionLinesMax ? `function of ${lines} lines; at most ${functionLinesMax}` : undefined;
}

function focusedOrSkipped(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ["only", "skip"].includes(node.name.text)) {
    const name = rootName(node.expression) ?? "";
    return testFunctions.has(name) ? `${name}.${node.name.text}` : undefined;
  }
  const aliases = new Set(["fit", "fdescribe", "xit", "xtest", "xdescribe"]);
  return isCallOf(node, aliases) ? rootName(node.expression) : undefined;
}

/** `new Promise((resolve) => setTimeout(resolve, …))`, in its usual spellings. A time limit that rejects is none. */
function sleep(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return /^(node:)?timers\/promises$/.test(node.moduleSpecifier.text) ? "imports timers/promises" : undefined;
  }
  if (!ts.isCallExpression(node) || rootName(node.expression) !== "setTimeout") return undefined;
  const [callback] = node.arguments;
  const resolve = resolveOf(node);
  if (callback === undefined || resolve === undefined) return undefined;
  const resolves = ts.isIdentifier(callback) ? callback.text === resolve : callsOnly(callback, resolve);
  return resolves ? "sleeps; wait on a signal instead" : undefined;
}

/** Name of the first parameter of the promise's executor that a node lies in. */
function resolveOf(node: ts.Node): string | undefined {
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent) {
    const inPromise = ts.isNewExpression(at.parent) && rootName(at.parent.expression) === "Promise";
    if (inPromise && (ts.isArrowFunction(at) || ts.isFunctionExpression(at))) return at.parameters[0]?.name.getText();
  }
  return undefined;
}

function callsOnly(callback: ts.Expression, name: string): boolean {
  if (!ts.isArrowFunction(callback)) return false;
  const { body } = callback;
  const [statement] = ts.isBlock(body) ? body.statements : [];
  const call = statement !== undefined && ts.isExpressionStatement(statement) ? statement.expression : body;
  return ts.isCallExpression(call) && rootName(call.expression) === name;
}

function isBarrel({ path, tree }: Source): boolean {
  if (!/^index\.tsx?$/.test(basename(path)) || tree.statements.length === 0) return false;
  return tree.statements.every(
    (each) => ts.isImportDeclaration(each) || (ts.isExportDeclaration(each) && each.moduleSpecifier !== undefined),
  );
}

describe("the house style", () => {
  it("is checked on the sources that there are", () => {
    expect(sources.length).toBeGreaterThan(20);
  });

  it(`allows functions of at most ${functionLinesMax} lines`, () => {
    expect(faultsOf(sources, overlongFunction)).toEqual([]);
  });

  it(`allows files of at most ${fileLinesMax} lines`, () => {
    const tooLong = sources.filter(({ lines }) => lines > fileLinesMax);
    expect(tooLong.map(({ path, lines }) => `${path}:${lines} is longer than ${fileLinesMax} lines`)).toEqual([]);
  });

  it("has no more long files than before, and counts down when there are fewer", () => {
    const long = sources.filter(({ lines, isTest }) => !isTest && lines > longFileLines);
    const list = long.map(({ path, lines }) => `${path}:${lines}`).join("\n");
    const allowed = ratchet.filesOver150Lines;
    const advice =
      long.length > allowed
        ? `Split a file instead of raising the number. Files of more than ${longFileLines} lines:\n${list}`
        : `Lower filesOver150Lines in test/tidy-ratchet.json to ${long.length}.`;
    expect(long.length, advice).toBe(allowed);
  });

  it("has no any", () => {
    const any = (node: ts.Node) => (node.kind === ts.SyntaxKind.AnyKeyword ? "any" : undefined);
    expect(faultsOf(sources, any)).toEqual([]);
  });

  it("has no barrels", () => {
    expect(sources.filter(isBarrel).map(({ path }) => `${path}:1 only re-exports`)).toEqual([]);
  });

  it("names files in kebab-case", () => {
    const faults = sources.filter(({ path }) => !kebabCase.test(basename(path)));
    expect(faults.map(({ path }) => `${path}:1 is not kebab-case`)).toEqual([]);
  });

  it("runs every test", () => {
    const tests = sources.filter(({ isTest }) => isTest);
    expect(faultsOf(tests, focusedOrSkipped)).toEqual([]);
  });

  it("never sleeps in a test", () => {
    const tests = sources.filter(({ path }) => /\.test\.tsx?$/.test(path));
    expect(faultsOf(tests, sleep)).toEqual([]);
  });

  it("names a test's own variables so that a server that it starts does not take them for settings", () => {
    const foreign = /process\.env(?:\["|\.)TIDINGS_(?!TEST_)\w+/;
    const faults = sources.flatMap(({ path, tree, isTest }) => {
      const [name] = (isTest ? foreign.exec(tree.text) : undefined) ?? [];
      return name === undefined ? [] : [`${path}: ${name} must begin with TIDINGS_TEST_`];
    });
    expect(faults).toEqual([]);
  });
});
