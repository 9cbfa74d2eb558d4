import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Failure } from "./failure.ts";

/**
 * The file that starts the server, or another of its entries: of the package that lies beside this one in node_modules or in the workspace, else of
 * the folder's own. The command line never loads it; it is started as a process.
 */
export function findServer(cwd: string, entry = "main.js"): string {
  for (const from of [import.meta.url, join(cwd, "package.json")]) {
    const main = entrySeenFrom(from, entry);
    if (main !== undefined && existsSync(main)) return main;
  }
  throw new Failure("usage", "the server is not installed here, or not built", {
    hint: "In a clone: npm start. Elsewhere: npm install @tidings/server",
  });
}

function entrySeenFrom(from: string, entry: string): string | undefined {
  try {
    return join(dirname(createRequire(from).resolve("@tidings/server/package.json")), "dist", entry);
  } catch {
    return undefined;
  }
}
