import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { npm } from "./install.mjs";
import { capture, Failure, isMain, main, root } from "./process.mjs";

const always = ["LICENSE", "README.md", "package.json"];
const ofDist = /^dist\/.+\.(?:js|js\.map|d\.ts)$/;
const ofTests = /(?:^|[/.])(?:test|conformance)\.|(?:^|\/)testing\//;

/** What a registry would get of each package: all that runs, its licence and README, and nothing of its tests. */
export async function checkPackages() {
  await build();
  const names = readdirSync(join(root, "packages"));
  const [command, ...prefix] = npm();
  const chosen = names.flatMap((name) => ["--workspace", `packages/${name}`]);
  const args = [...prefix, "pack", "--dry-run", "--json", "--ignore-scripts", ...chosen];
  const { code, stdout, stderr } = await capture(command, args, { cwd: root });
  if (code !== 0) throw new Failure(`npm pack ended with status ${code}:\n${stdout}${stderr}`);
  const packed = new Map(JSON.parse(stdout).map(({ name, files }) => [name, files.map(({ path }) => path)]));
  const faults = names.flatMap((name) => faultsOf(name, packed));
  if (faults.length > 0) throw new Failure(`Packages that are not what they should be:\n${faults.join("\n")}`);
  console.log(`${names.length} packages hold what runs, a licence and a README, and nothing else`);
}

function faultsOf(folder, packed) {
  const read = (path) => readFileSync(join(root, path), "utf8");
  const manifest = JSON.parse(read(`packages/${folder}/package.json`));
  const files = packed.get(manifest.name) ?? [];
  const missing = [...always, ...named(manifest)].filter((path) => !isThere(path, files));
  const foreign = files.filter((path) => ofTests.test(path) || !isWanted(path, manifest));
  return [
    ...missing.map((path) => `${manifest.name} lacks ${path}`),
    ...foreign.map((path) => `${manifest.name} should not have ${path}`),
    ...(files.includes("LICENSE") && read(`packages/${folder}/LICENSE`) !== read("LICENSE")
      ? [`${manifest.name} has another LICENSE than the repository`]
      : []),
  ];
}

/** Files that whoever installs it is led to. A package that exports nothing and has no command is run by its main file. */
function named({ exports = {}, bin = {} }) {
  const targets = [...Object.values(exports).flatMap(Object.values), ...Object.values(bin)];
  return targets.length === 0 ? ["dist/main.js"] : targets.map((path) => path.replace(/^\.\//, ""));
}

function isThere(path, files) {
  const [start, end] = path.split("*");
  return end === undefined ? files.includes(path) : files.some((file) => file.startsWith(start) && file.endsWith(end));
}

/** Sources go along where `exports` lead to them, for those who bundle them. */
function isWanted(path, { exports = {}, files }) {
  if (always.includes(path) || ofDist.test(path)) return true;
  const [top] = path.split("/");
  if (top === "dist" || !files.includes(top)) return false;
  return top !== "src" || Object.values(exports).some(({ source }) => source !== undefined);
}

if (isMain(import.meta.url)) await main(checkPackages);
