import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles } from "./files.mjs";
import { Failure, isMain, main, root } from "./process.mjs";

const exact = /^(npm:(@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(-[\w.-]+)?$/;
// peerDependencies are ranges by nature: they say what a user's project may bring.
const fields = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];

/** What is installed changes only by a commit: each package.json names exact versions. */
export function checkPins() {
  const files = repositoryFiles().filter((path) => /(^|\/)package\.json$/.test(path));
  const pins = files.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(root, file), "utf8"));
    return fields.flatMap((field) => flatten(manifest[field] ?? {}, `${file}: ${field}`));
  });
  const faults = pins.filter(({ version }) => !exact.test(version)).map(({ at, version }) => `${at} is "${version}"`);
  if (pins.length === 0) faults.push("No dependency was found");
  if (faults.length > 0) throw new Failure(`Not an exact version:\n${faults.join("\n")}`);
  console.log(`${pins.length} versions in ${files.length} files are exact`);
}

/** overrides may be nested; a `$name` there refers to a version that is checked where it stands. */
function flatten(versions, at) {
  return Object.entries(versions).flatMap(([name, value]) => {
    if (typeof value === "object") return flatten(value, `${at} ${name}`);
    return value.startsWith("$") ? [] : [{ at: `${at} ${name}`, version: value }];
  });
}

if (isMain(import.meta.url)) await main(checkPins);
