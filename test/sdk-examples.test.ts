import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { sdkExamples } from "../scripts/docs-sdk.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Pages whose TypeScript is about the SDK. */
const pages = ["packages/client/README.md"];

interface Example {
  at: string;
  code: string;
}

function blocksOf(page: string): Example[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    at: `${page}:${text.slice(0, match.index).split("\n").length}`,
    code: match[1] ?? "",
  }));
}

/** An example as a module: its imports stay in front, the rest may await and declare what others declare too. */
function moduleOf(code: string): string {
  const isImport = /^import [^;]*;\n?/gm;
  const imports = code.match(isImport)?.join("") ?? "";
  const known = ["Tidings", "TidingsApiError", "type DataOf", "type EventsOf"];
  const missing = known.filter((name) => !new RegExp(`import[^;]*\\b${name.replace("type ", "")}\\b`).test(imports));
  return `import { ${missing.join(", ")}, Tidings as Client } from "@tidings/client";
${imports}
declare const apiKey: string;
declare const baseUrl: string;
export async function example(tidings: Client, pages: ReturnType<Client["messages"]["list"]>) {
  {
${code.replaceAll(isImport, "").replaceAll(/^export default /gm, "void ")}
  }
}
`;
}

/** What the compiler says of them, with the settings that the repository's own code has. */
function faultsOf(examples: readonly Example[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const texts = new Map(examples.map(({ code }, index) => [join(root, "test", `example-${index}.ts`), moduleOf(code)]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = texts.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((name, index) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(
      ({ messageText }) => `${examples[index]?.at} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

/** Examples that must be refused, so that a compiler that sees nothing does not pass for one that finds nothing. */
const wrong = [
  { at: "wrong:1", code: 'await tidings.events.send("e", { recipient: "u" });' },
  { at: "wrong:2", code: "await tidings.events.fetch();" },
];

test("every example of the SDK's docstrings and pages compiles", { timeout: 120_000 }, () => {
  const examples = [...sdkExamples(), ...pages.flatMap(blocksOf)];
  expect(examples.length).toBeGreaterThan(25);
  expect(faultsOf([...examples, ...wrong])).toEqual([
    expect.stringMatching(/^wrong:1 .*recipient/s),
    expect.stringMatching(/^wrong:2 .*fetch/s),
  ]);
});
