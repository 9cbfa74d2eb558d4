import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";

export interface SecretFile {
  text: string;
  /** True where this call made it. */
  created: boolean;
  /** True where the group or others may read it. */
  exposed: boolean;
}

const bytesMax = 4096;

/** The text of a file that holds one secret; undefined where there is none. */
export async function readSecretFile(path: string): Promise<SecretFile | undefined> {
  try {
    const { size, mode } = await stat(path);
    if (size > bytesMax) throw new Error(`${path} is larger than ${bytesMax} bytes: this is no key`);
    // Windows has no such bits, and Node makes them up.
    const exposed = process.platform !== "win32" && (mode & 0o077) !== 0;
    return { text: (await readFile(path, "utf8")).trim(), created: false, exposed };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Reads the secret, or makes it, readable by its owner alone. It is written whole under another name, made durable, and
 * only then given its own: whatever happens in between, there is never half a key. Of two that make it at once one wins
 * and both use the same.
 */
export async function readOrMakeSecretFile(path: string, make: () => string): Promise<SecretFile> {
  const known = await readSecretFile(path);
  if (known !== undefined) return known;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = make();
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  await writeDurably(temporary, `${text}\n`);
  const created = await giveName(temporary, path);
  await syncFolder(dirname(path));
  if (created) return { text, created: true, exposed: false };
  return readOrMakeSecretFile(path, make);
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** False where somebody else was first. */
async function giveName(temporary: string, path: string): Promise<boolean> {
  try {
    // Unlike a rename, a link never replaces what is there.
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") {
      await unlink(temporary);
      return false;
    }
    // Some mounted file systems have no links. The data folder has one owner, so nothing is replaced here either.
    await rename(temporary, path);
    return true;
  }
  await unlink(temporary);
  return true;
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; there the file's own sync has to do.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}
