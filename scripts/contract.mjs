import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, isMain, main, root } from "./process.mjs";

const target = join(root, "openapi.json");

/** Writes openapi.json from the built contract; with `check` it fails where that would change the file. */
export async function contract({ check = false } = {}) {
  const folder = join(root, "packages", "contract");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { openApiDocument } = await import(pathToFileURL(join(folder, "dist", "openapi.js")).href);
  const text = `${JSON.stringify(openApiDocument(version), null, 2)}\n`;
  if (text === present()) return;
  if (check) throw new Failure("openapi.json does not say what packages/contract says. Run: node scripts/contract.mjs");
  writeFileSync(target, text);
}

function present() {
  try {
    return readFileSync(target, "utf8").replaceAll("\r\n", "\n");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

if (isMain(import.meta.url)) await main(() => contract({ check: process.argv.includes("--check") }));
