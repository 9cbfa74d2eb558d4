import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, isMain, main, root } from "./process.mjs";

const schemas = join(root, "packages", "folder", "schemas");

/**
 * Writes openapi.json, and the JSON Schemas of a notifications folder, from the built packages; with `check` it fails
 * where that would change a file.
 */
export async function contract({ check = false } = {}) {
  const wanted = new Map([...(await openApi()), ...(await editorSchemas())]);
  const stale = readdirSync(schemas)
    .map((name) => join(schemas, name))
    .filter((path) => !wanted.has(path));
  const changed = [...wanted].filter(([path, text]) => text !== present(path));
  if (changed.length + stale.length === 0) return;
  const names = [...changed.map(([path]) => path), ...stale].map((path) => path.slice(root.length + 1)).join(", ");
  if (check) throw new Failure(`Not what the contract says: ${names}. Run: node scripts/contract.mjs`);
  for (const [path, text] of changed) writeFileSync(path, text);
  for (const path of stale) rmSync(path);
}

async function openApi() {
  const { version } = JSON.parse(readFileSync(join(root, "packages", "contract", "package.json"), "utf8"));
  const { openApiDocument } = await built("contract", "openapi");
  return [[join(root, "openapi.json"), json(openApiDocument(version))]];
}

async function editorSchemas() {
  const { editorSchemas } = await built("folder", "editor-schemas");
  return [...editorSchemas()].map(([name, schema]) => [join(schemas, name), json(schema)]);
}

const built = (name, file) => import(pathToFileURL(join(root, "packages", name, "dist", `${file}.js`)).href);
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

function present(path) {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

if (isMain(import.meta.url)) await main(() => contract({ check: process.argv.includes("--check") }));
