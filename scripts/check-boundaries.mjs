import { existsSync } from "node:fs";
import { join } from "node:path";
import { capture, Failure, isMain, main, root, tools } from "./process.mjs";

/** The import table of the architecture, by the rules of .dependency-cruiser.cjs. */
export async function checkBoundaries() {
  const folders = ["packages", "test", "benchmarks"].filter((name) => existsSync(join(root, name)));
  const args = [tools.depcruise, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...folders];
  const { stdout, stderr, code } = await capture(process.execPath, args);
  const summary = parse(stdout)?.summary;
  if (summary === undefined) throw new Failure(`dependency-cruiser ended with status ${code}:\n${stderr}${stdout}`);
  // It reports success where it understood no file, as it does under a TypeScript that it does not know.
  if (summary.totalCruised === 0) throw new Failure("dependency-cruiser saw 0 modules: nothing was checked");
  if (summary.violations.length > 0) throw new Failure(summary.violations.map(describe).join("\n"));
  console.log(`${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports keep to the table`);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe({ rule, from, to, cycle, comment }) {
  const path = cycle?.length ? [from, ...cycle.map(({ name }) => name)].join(" → ") : `${from} → ${to}`;
  return `${rule.name}: ${path}${comment ? `\n  ${comment}` : ""}`;
}

if (isMain(import.meta.url)) await main(checkBoundaries);
