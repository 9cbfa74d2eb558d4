import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { install } from "./install.mjs";
import { exclusively } from "./lock.mjs";
import { Failure, isMain, main, root, run, tools } from "./process.mjs";

const packages = join(root, "packages");

/** Compiles all packages. After a failure there is no dist at all, so nobody runs an older one by mistake. */
export function build() {
  return exclusively("build", async () => {
    for (const folder of compiledPackages()) tidyDist(folder);
    const code = await run(process.execPath, [tools.tsc, "-b", "tsconfig.build.json"], { stdio: ["ignore", 2, 2] });
    if (code === 0) return;
    for (const folder of compiledPackages()) removeDist(folder);
    throw new Failure("The build failed; its messages are above.", code);
  });
}

function compiledPackages() {
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((folder) => existsSync(join(folder, "src")) && existsSync(join(folder, "tsconfig.json")));
}

function removeDist(folder) {
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  rmSync(join(folder, "tsconfig.tsbuildinfo"), { force: true });
}

/**
 * tsc trusts its tsbuildinfo: it neither removes what a deleted source left behind, nor writes again what somebody
 * removed from dist.
 */
function tidyDist(folder) {
  const dist = join(folder, "dist");
  const compiled = new Set(outputs(dist, /\.js$/));
  const sources = new Set(outputs(join(folder, "src"), /(?<!\.d)\.tsx?$/));
  const isComplete = [...sources].every((name) => compiled.has(name) || isTestCode(name));
  const isStale = [...compiled].some((name) => !sources.has(name));
  if (!isComplete || isStale) removeDist(folder);
}

/** As in the `exclude` of the packages' tsconfig.json. */
function isTestCode(name) {
  return /\.test$|(^|[/.])conformance$|(^|[\\/])testing[\\/]/.test(name);
}

/** Files below a folder whose name ends so, relative and without the ending. */
function outputs(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replace(ending, ""));
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await install();
    await build();
  });
}
