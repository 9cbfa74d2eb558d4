import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { install, npm } from "./install.mjs";
import { exclusively } from "./lock.mjs";
import { Failure, main, root, run, tools } from "./process.mjs";

const folder = join(root, "test/vendors");
const marker = join(folder, "node_modules/.tidings-installed");

// Vendors' libraries are large, and only these tests want them: they have a package of their own, which nothing else installs.
await main(async () => {
  await install();
  await exclusively("vendors", installVendors);
  await build();
  const code = await run(process.execPath, [tools.tsc, "-p", join(folder, "tsconfig.json"), "--noEmit"]);
  return code || run(process.execPath, [tools.vitest, "run", "--project", "vendors", ...process.argv.slice(2)]);
});

async function installVendors() {
  const lock = readFileSync(join(folder, "package-lock.json"));
  const wanted = `${createHash("sha256").update(lock).digest("hex")} ${process.version}\n`;
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  const [command, ...prefix] = npm();
  const args = [...prefix, "ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const code = await run(command, args, { cwd: folder, stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new Failure(`npm ci of the vendors' libraries failed with status ${code}`, code);
  writeFileSync(marker, wanted);
}
