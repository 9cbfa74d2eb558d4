import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, isMain, main, root } from "./process.mjs";

const target = join(root, "docs", "reference", "cli.md");

/** Writes docs/reference/cli.md from the built commands; with `check` it fails where that would change the file. */
export async function cliReference({ check = false } = {}) {
  const built = pathToFileURL(join(root, "packages", "cli", "dist", "cli-reference.js"));
  const { generateCliReference } = await import(built.href);
  const text = generateCliReference();
  if (text === present()) return;
  if (check) throw new Failure("docs/reference/cli.md does not say what packages/cli says. Run: npm run cli-reference");
  mkdirSync(dirname(target), { recursive: true });
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

if (isMain(import.meta.url)) await main(() => cliReference({ check: process.argv.includes("--check") }));
