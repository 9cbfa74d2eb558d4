import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { exclusively } from "./lock.mjs";
import { Failure, isMain, main, root, run } from "./process.mjs";

const nodeMin = [20, 19, 4];
const markerFile = join(root, "node_modules/.tidings-installed");
const lockFile = join(root, "package-lock.json");
/** npm's own record of what lies in node_modules, written when an installation has ended. */
const installedFile = join(root, "node_modules/.package-lock.json");

/** Brings node_modules to what package-lock.json says; does nothing, within milliseconds, when it is there already. */
export async function install() {
  requireNode();
  const wanted = state();
  if (readMarker() === wanted) return;
  await exclusively("install", async () => {
    const marker = readMarker();
    if (marker === wanted) return;
    // What another version of Node installed may hold binaries that this one cannot load.
    const otherNode = marker !== undefined && marker.split(" ")[1] !== process.version;
    if (otherNode || !isInstalled()) await npmCi();
    writeFileSync(markerFile, wanted);
  });
}

function requireNode() {
  const present = process.versions.node.split(".").map(Number);
  const at = nodeMin.findIndex((part, index) => part !== present[index]);
  if (at !== -1 && present[at] < nodeMin[at]) {
    throw new Failure(`Tidings needs Node ${nodeMin.join(".")} or newer; this is ${process.versions.node}.`);
  }
}

function state() {
  const hash = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  return `${hash} ${process.version} ${process.platform}-${process.arch}\n`;
}

function readMarker() {
  return existsSync(markerFile) ? readFileSync(markerFile, "utf8") : undefined;
}

/** True when somebody has run `npm ci` or `npm install` already: npm's record and the lock name the same packages. */
function isInstalled() {
  if (!existsSync(installedFile)) return false;
  const locked = JSON.parse(readFileSync(lockFile, "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const foreign = Object.keys(installed).some((path) => locked[path] === undefined);
  return !foreign && Object.keys(locked).every((path) => path === "" || isSame(locked[path], installed[path]));
}

function isSame(locked, installed) {
  // Binaries of other platforms are listed in the lock and left out by npm.
  if (installed === undefined) return locked.optional === true;
  return locked.version === installed.version && locked.integrity === installed.integrity;
}

async function npmCi() {
  process.stderr.write("Installing dependencies (npm ci --ignore-scripts) …\n");
  const [command, ...prefix] = npm();
  // The build needs TypeScript, so development packages are wanted under NODE_ENV=production too.
  const args = [...prefix, "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
  // npm's summary goes to stderr: stdout belongs to the program that is started afterwards.
  const code = await run(command, args, { stdio: ["ignore", 2, 2] }).catch((error) => {
    throw new Failure(`npm could not be started (${error.code}); is it on PATH?`);
  });
  if (code !== 0) throw new Failure(`npm ci failed with status ${code}; its messages are above.`, code);
}

/** The npm that started this script, else the one on PATH. Other package managers set the same variable. */
export function npm() {
  const cli = process.env.npm_execpath;
  return cli && basename(cli) === "npm-cli.js" && existsSync(cli) ? [process.execPath, cli] : ["npm"];
}

if (isMain(import.meta.url)) await main(install);
