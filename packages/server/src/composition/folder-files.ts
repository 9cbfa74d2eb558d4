import type { Dirent } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import type { FolderFault } from "./yaml-file.ts";

export interface FolderLimits {
  filesMax: number;
  fileBytesMax: number;
}

export interface FolderFile {
  /** From the folder's root, with slashes. */
  path: string;
  text: string;
}

export interface ListedFolder {
  files: FolderFile[];
  faults: FolderFault[];
}

/** templates/<key>/<file> is the deepest place. */
const depthMax = 3;

/**
 * All files of a folder in order of their paths. Left out: names that start with a dot (Kubernetes keeps its versions
 * there), and Markdown. A link is followed only to where it stays inside the folder. A folder that is not there has none.
 */
export async function listFolder(root: string, limits: FolderLimits): Promise<ListedFolder> {
  const listed: ListedFolder = { files: [], faults: [] };
  let inside: string;
  try {
    inside = await realpath(root);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return listed;
    throw error;
  }
  await walk(inside, "", 1, limits, listed);
  return listed;
}

async function walk(
  root: string,
  folder: string,
  depth: number,
  limits: FolderLimits,
  listed: ListedFolder,
): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name.endsWith(".md")) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (listed.files.length >= limits.filesMax) {
      listed.faults.push({ file: folder, message: `has more than ${limits.filesMax} files` });
      return;
    }
    const kind = await kindOf(root, path, entry);
    if (kind === "folder" && depth < depthMax) await walk(root, path, depth + 1, limits, listed);
    else if (kind === "file") await addFile(root, path, limits, listed);
    else listed.faults.push({ file: path, message: kind === "folder" ? "lies too deep" : kind });
  }
}

async function kindOf(root: string, path: string, entry: Dirent): Promise<string> {
  if (entry.isDirectory()) return "folder";
  if (entry.isFile()) return "file";
  if (!entry.isSymbolicLink()) return "is neither a file nor a folder";
  let target: string;
  try {
    target = await realpath(join(root, path));
  } catch {
    return "is a link to nothing";
  }
  if (!target.startsWith(root + sep)) return "is a link that leads out of the folder";
  // What a linked folder holds is reached through its own place too, and could lead round in circles.
  return (await isFile(target)) ? "file" : "is a link to a folder";
}

async function isFile(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    return (await handle.stat()).isFile();
  } finally {
    await handle.close();
  }
}

async function addFile(root: string, path: string, limits: FolderLimits, listed: ListedFolder): Promise<void> {
  const handle = await open(join(root, path), "r");
  try {
    const { size } = await handle.stat();
    if (size > limits.fileBytesMax) {
      listed.faults.push({ file: path, message: `is larger than ${limits.fileBytesMax} bytes` });
      return;
    }
    const bytes = await handle.readFile();
    listed.files.push({ path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    listed.faults.push({ file: path, message: "is not UTF-8 text" });
  } finally {
    await handle.close();
  }
}
