import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, isMain, main, root } from "./process.mjs";

const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
  "Zlib",
]);

/** What is shipped with Tidings must be free to pass on; tools for development are not shipped. */
export function checkLicences() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && !entry.link && !entry.dev);
  const faults = shipped
    .map(([path, entry]) => ({ path, licence: licenceOf(path, entry) }))
    .filter(({ licence }) => licence === undefined || !isAllowed(licence))
    .map(({ path, licence }) => `${path}: ${licence ?? "no licence is named"}`);
  if (shipped.length === 0) faults.push("No production dependency was found");
  if (faults.length > 0) throw new Failure(`Licences that are not on the list:\n${faults.join("\n")}`);
  console.log(`${shipped.length} production packages have a licence of the list`);
}

function licenceOf(path, entry) {
  if (entry.license) return entry.license;
  const file = join(root, path, "package.json");
  if (!existsSync(file)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(file, "utf8"));
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" AND ");
}

/** SPDX expression without `WITH`: one side of an OR suffices, of an AND each counts; AND binds closer. */
function isAllowed(expression) {
  const plain = expression.trim();
  if (plain.startsWith("(") && plain.endsWith(")") && !plain.slice(1, -1).includes("(")) {
    return isAllowed(plain.slice(1, -1));
  }
  return plain.split(" OR ").some((side) => side.split(" AND ").every((licence) => allowed.has(licence.trim())));
}

if (isMain(import.meta.url)) await main(checkLicences);
