import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { Failure, isMain, main, root } from "./process.mjs";

const source = join(root, "packages/client/src");
const target = join(root, "docs/reference/sdk.md");

/**
 * The reference of the SDK, from the docstrings of its source: client, calls by resource, options, errors, types.
 * Throws where a public method has no description or no example.
 */
export function generateSdkReference() {
  const files = sourceFiles();
  const classes = classesOf(files);
  const client = classes.get("Tidings");
  const resources = resourcesOf(client.node, classes);
  const parts = [
    "# SDK reference",
    "<!-- Generated from the docstrings of packages/client/src by scripts/docs-sdk.mjs. Change those. -->",
    "`@tidings/client`, the TypeScript SDK. `packages/client/README.md` says what it does; here is every call. Bodies and answers have the shapes of [`openapi.json`](../../openapi.json), and the names of their types are exported.",
    "## The client",
    description(client.node),
    example(client.node),
    ...methodsOf(client.node).flatMap((method) => methodPart(method, ["tidings"], 3)),
    ...resources.flatMap((resource) => resourcePart(resource, classes)),
    "## Lists",
    description(classes.get("Pages").node),
    ...methodsOf(classes.get("Pages").node).flatMap((method) => methodPart(method, ["pages"], 3)),
    "## Options",
    "Of the client:",
    optionTable(files, "tidingsOptionsSchema"),
    "Of a call, as its last argument:",
    optionTable(files, "callFields"),
    "Of a call that sends, beside those:",
    optionTable(files, "sendOptionsSchema"),
    "## Errors",
    ...[...classes.values()].filter(({ file }) => file.endsWith("/errors.ts")).flatMap(errorPart),
    "## Types",
    ...["DataOf", "EventsOf"].flatMap((name) => typePart(files, name)),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Every example of the SDK's docstrings: where it stands, and its code. */
export function sdkExamples() {
  const examples = [];
  for (const file of sourceFiles()) {
    const visit = (node) => {
      for (const tag of ts.getJSDocTags(node)) {
        if (tag.tagName.text !== "example" || tag.parent.parent !== node) continue;
        const { line } = file.getLineAndCharacterOfPosition(tag.getStart(file));
        examples.push({ at: `${file.fileName.slice(root.length + 1)}:${line + 1}`, code: textOf(tag.comment) });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return examples;
}

function sourceFiles() {
  return readdirSync(source, { recursive: true })
    .map(String)
    .filter((name) => /(?<!\.test)\.ts$/.test(name) && !name.includes("testing"))
    .sort()
    .map((name) => {
      const path = join(source, name);
      return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
    });
}

function classesOf(files) {
  const classes = new Map();
  for (const file of files) {
    for (const node of file.statements) {
      if (ts.isClassDeclaration(node) && isExported(node)) classes.set(node.name.text, { node, file: file.fileName });
    }
  }
  return classes;
}

/** The client's properties by the class of their calls; several may share one, as kinds of configuration do. */
function resourcesOf(client, classes) {
  const resources = new Map();
  for (const member of client.members) {
    if (!ts.isPropertyDeclaration(member) || ts.isPrivateIdentifier(member.name)) continue;
    const type = member.type.typeName.text;
    if (!classes.has(type)) throw new Failure(`${member.name.text} is of ${type}, which is no class of the SDK`);
    const names = resources.get(type)?.names ?? [];
    resources.set(type, { type, names: [...names, `tidings.${member.name.text}`] });
  }
  return [...resources.values()];
}

function resourcePart({ type, names }, classes) {
  const { node } = classes.get(type);
  const base = node.heritageClauses?.[0]?.types[0]?.expression.text;
  const inherited = base === undefined ? [] : [`It has the calls of ${resourceTitle(base)} too.`];
  const title = `## ${names.map((name) => `\`${name}\``).join(", ")}`;
  return [title, description(node), ...inherited, ...methodsOf(node).flatMap((each) => methodPart(each, names, 3))];
}

function resourceTitle(type) {
  const shown = { Configuration: "`tidings.tenants`", VersionedConfiguration: "`tidings.workflows`" };
  return shown[type] ?? `\`${type}\``;
}

function methodsOf(node) {
  return node.members.filter((member) => ts.isMethodDeclaration(member) && ts.isIdentifier(member.name));
}

function methodPart(method, names, level) {
  const file = method.getSourceFile();
  const { text: name } = method.name;
  const own = names.length === 1 ? `${names[0]}.` : "";
  const list = method.parameters.map((each) => `${each.name.getText(file)}${each.questionToken ? "?" : ""}`).join(", ");
  return [
    `${"#".repeat(level)} \`${own}${name}(${list})\``,
    description(method),
    code(signature(method, file)),
    example(method),
  ];
}

function signature(method, file) {
  const generics = method.typeParameters
    ? `<${method.typeParameters.map((each) => each.getText(file)).join(", ")}>`
    : "";
  const parameters = method.parameters.map((each) => each.getText(file)).join(", ");
  return `${method.name.text}${generics}(${parameters}): ${method.type.getText(file)}`.replaceAll(/\s+/g, " ");
}

function errorPart({ node }) {
  const fields = node.members.filter((member) => ts.isPropertyDeclaration(member) && member.type !== undefined);
  const lines = fields.map((field) => {
    const text = firstParagraph(field);
    return `- \`${field.name.getText()}: ${field.type.getText()}\`${text === "" ? "" : ` ${text}`}`;
  });
  return [`### \`${node.name.text}\``, description(node), ...(lines.length === 0 ? [] : [lines.join("\n")])];
}

function typePart(files, name) {
  const node = files
    .flatMap((file) => [...file.statements])
    .find((each) => each.name?.text === name && isExported(each));
  if (node === undefined) throw new Failure(`there is no type ${name}`);
  return [`### \`${name}\``, description(node), example(node)];
}

/** Fields of an object literal with their comments. */
function optionTable(files, name) {
  const rows = [];
  for (const file of files) {
    const visit = (node) => {
      if (ts.isVariableDeclaration(node) && node.name.getText(file) === name)
        rows.push(...fieldsOf(node.initializer, file));
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  if (rows.length === 0) throw new Failure(`there are no options ${name}`);
  return rows.join("\n");
}

function fieldsOf(initializer, file) {
  const literal = ts.isCallExpression(initializer) ? initializer.arguments[0] : initializer;
  return literal.properties
    .filter((field) => ts.isPropertyAssignment(field) || ts.isShorthandPropertyAssignment(field))
    .map((field) => `- \`${field.name.getText(file)}\`: ${required(firstParagraph(field), field, "description")}`);
}

function description(node) {
  return required(docText(node), node, "description");
}

function example(node) {
  const tag = ts.getJSDocTags(node).find((each) => each.tagName.text === "example" && each.parent.parent === node);
  return code(required(textOf(tag?.comment), node, "example"));
}

function required(text, node, what) {
  if (text !== "") return text;
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  throw new Failure(`${file.fileName}:${line + 1} ${node.name?.getText(file)} has no ${what}`);
}

/** The text of the docstring that stands before a node, without its tags; lines are joined to paragraphs. */
function docText(node) {
  const doc = node.jsDoc?.at(-1);
  return textOf(doc?.comment)
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll("\n", " "))
    .join("\n\n");
}

function firstParagraph(node) {
  return docText(node).split("\n\n")[0];
}

function textOf(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? "").trim();
}

function code(text) {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function isExported(node) {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** Writes the page; with `check` it fails where that would change it. */
export function docsSdk({ check = false } = {}) {
  const text = generateSdkReference();
  const present = existsSync(target) ? readFileSync(target, "utf8").replaceAll("\r\n", "\n") : undefined;
  if (text === present) return;
  if (check)
    throw new Failure("docs/reference/sdk.md does not say what packages/client says. Run: node scripts/docs-sdk.mjs");
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

if (isMain(import.meta.url)) await main(() => docsSdk({ check: process.argv.includes("--check") }));
