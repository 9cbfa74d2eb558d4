import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Block, Page } from "./page.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const endings: Readonly<Record<string, string>> = { ts: ".mts", js: ".mjs" };

export interface Snippet {
  /** Path that the compiler sees; nothing lies there. Inside the repository, so that packages are found. */
  path: string;
  page: Page;
  block: Block;
}

export function snippetsOf(pages: readonly Page[]): Snippet[] {
  return pages.flatMap((page) =>
    page.blocks
      .filter(({ language }) => endings[language] !== undefined)
      .map((block) => ({
        page,
        block,
        path: join(root, ".tmp", "snippets", `${page.name}-${block.line}${endings[block.language]}`),
      })),
  );
}

/** What the compiler says of the snippets, each as a module of its own, as `page:line message`. */
export function compilerFaults(snippets: readonly Snippet[]): string[] {
  const texts = new Map(snippets.map(({ path, block }) => [path, block.text]));
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile, directoryExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.directoryExists = (path) => path === dirname(snippets[0]?.path ?? "") || directoryExists?.(path) !== false;
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version, true);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return snippets.flatMap((snippet) => faultsOf(program, snippet));
}

function faultsOf(program: ts.Program, { path, page, block }: Snippet): string[] {
  const source = program.getSourceFile(path);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start = 0, messageText }) => {
    const line = source === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line;
    return `${page.path}:${block.line + line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** Those of the repository, and JavaScript is checked like TypeScript. Packages are taken as they are built, as by a reader. */
function compilerOptions(): ts.CompilerOptions {
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  return {
    ...options,
    noEmit: true,
    composite: false,
    customConditions: [],
    allowJs: true,
    checkJs: true,
    noImplicitAny: false,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  };
}
