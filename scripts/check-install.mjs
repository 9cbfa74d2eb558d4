import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryFiles } from "./files.mjs";
import { npm } from "./install.mjs";
import { capture, Failure, isMain, main, root } from "./process.mjs";

/**
 * A fresh copy installs without running any package's scripts; the native modules of SQLite and esbuild work there. The folder's
 * name holds a space on purpose.
 */
export async function checkInstall() {
  const folder = mkdtempSync(join(tmpdir(), "tidings install "));
  try {
    for (const path of repositoryFiles()) cpSync(join(root, path), join(folder, path), { recursive: true });
    const [command, ...prefix] = npm();
    await step(folder, command, [...prefix, "ci", "--ignore-scripts", "--include=dev", "--prefer-offline"]);
    // The server's own folder: that is where its dependencies are resolved from.
    const load = "import('@photostructure/sqlite').then(({ DatabaseSync }) => new DatabaseSync(':memory:').close())";
    await step(join(folder, "packages/server"), process.execPath, ["-e", load]);
    const compile = "import('esbuild').then(({ transform }) => transform('let a: number = 1', { loader: 'ts' }))";
    await step(join(folder, "packages/folder"), process.execPath, ["-e", compile]);
    console.log("npm ci --ignore-scripts works in a fresh copy; SQLite loads, and TypeScript workflows compile");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function step(cwd, command, args) {
  // npm hands its settings to its children; the copy has to do with its own .npmrc.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config_local|package)/.test(name)),
  );
  const { code, stdout, stderr } = await capture(command, args, { cwd, env });
  if (code !== 0) throw new Failure(`${command} ${args.join(" ")} ended with status ${code}:\n${stdout}${stderr}`);
}

if (isMain(import.meta.url)) await main(checkInstall);
