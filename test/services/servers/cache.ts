import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Programs that are downloaded once for all clones. Root's servers run as another user, who may not look into /root. */
function cacheFolder(): string {
  const own = process.env["TIDINGS_TEST_CACHE_DIR"];
  if (own !== undefined) return own;
  if (process.getuid?.() === 0) return "/var/cache/tidings-services";
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "tidings-services");
}

export function isCached(name: string): boolean {
  return existsSync(join(cacheFolder(), name));
}

/** A folder of the cache; `fill` brings it there where it is missing. It appears whole or not at all. */
export function cached(name: string, fill: (folder: string) => void): string {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = mkdtempSync(join(cacheFolder(), ".unfinished-"));
  try {
    fill(unfinished);
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process may have brought it meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
