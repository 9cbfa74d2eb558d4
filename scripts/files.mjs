import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./process.mjs";

const unlisted = new Set([".git", ".tmp", "coverage", "data", "dist", "node_modules"]);

/** Files of the repository, tracked or new, that git does not ignore; relative to its root. */
export function repositoryFiles() {
  const listed = listedByGit() ?? walk(root).map((path) => relative(root, path));
  return listed.filter((path) => existsSync(join(root, path))).sort();
}

/** Undefined where git is missing, refuses a clone that another user owns, or the source came as an archive. */
function listedByGit() {
  try {
    const args = ["ls-files", "-z", "-co", "--exclude-standard"];
    const output = execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return output === "" ? undefined : [...new Set(output.split("\0").filter(Boolean))];
  } catch {
    return undefined;
  }
}

function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (unlisted.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}
