import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { Failure } from "./failure.ts";

/**
 * Writes a file of a folder, or removes it where `content` is null. A file is replaced whole, or not at all. Paths are
 * made of keys that a server gave: what would lie outside the folder is refused.
 */
export async function writeInside(root: string, path: string, content: string | Buffer | null): Promise<void> {
  const target = resolve(root, path);
  if (!target.startsWith(resolve(root) + sep))
    throw new Failure("refused", `the server names a file outside the folder: ${path}`);
  if (content === null) return rm(target, { force: true });
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${process.pid}.new`);
  await writeFile(temporary, content);
  await rename(temporary, target);
}
