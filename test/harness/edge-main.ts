import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";

/**
 * Runs a program with the built `@tidings/client` in a realm that has what an edge runtime has: the Web APIs of the
 * WinterTC minimum that the SDK may use, no global of Node, no built-in module, and no code made from texts.
 *
 *     node --experimental-vm-modules edge-main.ts <program> <url> <key>
 *
 * The program is the text of a module; what it exports as `default` is printed as JSON. A module that is no file of the
 * packages `@tidings/client`, `@tidings/contract` and `zod` ends it.
 */
const [program = "", url = "", key = ""] = process.argv.slice(2);

const web = {
  AbortController,
  AbortSignal,
  Headers,
  ReadableStream,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
};
const functions = { atob, clearTimeout, crypto, fetch, performance, setTimeout };
const context = vm.createContext(
  { ...web, ...functions, server: { url, key } },
  { codeGeneration: { strings: false, wasm: false } },
);

const modules = new Map<string, vm.SourceTextModule>();

function load(file: string): vm.SourceTextModule {
  const loaded = modules.get(file);
  if (loaded !== undefined) return loaded;
  const module = new vm.SourceTextModule(readFileSync(file, "utf8"), { context, identifier: file });
  modules.set(file, module);
  return module;
}

/** The file that an import means: as a bundler for the edge resolves it, without the conditions of Node. */
function resolve(specifier: string, from: string): string {
  if (specifier.startsWith(".")) return fileURLToPath(new URL(specifier, pathToFileURL(from)));
  const match = /^(@tidings\/(?:client|contract)|zod)(\/.*)?$/.exec(specifier);
  if (match === null) throw new Error(`${from} imports ${specifier}`);
  const folder = join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), match[1] ?? "");
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const path = match[2] === undefined ? "." : `.${match[2]}`;
  const target = exports[path] ?? exports["./*"];
  const file = String(target.import ?? target.default).replace("*", path.slice(2));
  return join(folder, file);
}

const main = new vm.SourceTextModule(program, { context, identifier: "/main.js" });
await main.link((specifier, { identifier }) => load(resolve(specifier, identifier)));
await main.evaluate();
const { default: result } = Object(main.namespace);
process.stdout.write(`${JSON.stringify({ modules: modules.size, result })}\n`);
