import { readFileSync } from "node:fs";
import { join } from "node:path";
import semver from "semver";
import { Failure, isMain, main, root } from "./process.mjs";

const nodeMin = "20.19.4";

/**
 * Every package that an installation may bring, for development and of other platforms too, must admit the oldest Node
 * that Tidings supports. An exception names package, version and reason, and goes when it is no longer needed.
 */
export function checkEngines() {
  const packages = readJson("package-lock.json").packages;
  const exceptions = readJson("scripts/engines-exceptions.json");
  const refused = Object.entries(packages)
    .filter(([, entry]) => entry.engines?.node && !semver.satisfies(nodeMin, entry.engines.node))
    .map(([path, entry]) => ({ id: `${nameOf(path, entry)}@${entry.version}`, range: entry.engines.node }));

  const faults = [
    ...refused
      .filter(({ id }) => exceptions[id] === undefined)
      .map(({ id, range }) => `${id} wants node ${range}, which does not admit ${nodeMin}`),
    ...Object.entries(exceptions).flatMap(([id, reason]) => faultsOfException(id, reason, refused)),
  ];
  if (faults.length > 0) throw new Failure(faults.join("\n"));
  console.log(`${Object.keys(packages).length} packages admit Node ${nodeMin}, ${refused.length} by exception`);
}

function faultsOfException(id, reason, refused) {
  if (!refused.some((entry) => entry.id === id))
    return [`engines-exceptions.json: ${id} needs no exception (any more)`];
  if (typeof reason !== "string" || reason.trim() === "") return [`engines-exceptions.json: ${id} has no reason`];
  return [];
}

function nameOf(path, entry) {
  return entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

if (isMain(import.meta.url)) await main(checkEngines);
