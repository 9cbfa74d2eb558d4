import type { Dirent } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { type FolderFault, fileFault } from "./fault.ts";

/** Bounds on what is read of a folder. */
export interface FolderLimits {
  filesMax: number;
  fileBytesMax: number;
  /** Of all files together: what the folder takes in memory. */
  bytesMax: number;
}

export interface FolderFile {
  /** From the folder's root, with slashes. */
  path: string;
  bytes: Buffer;
}

export interface ListedFolder {
  files: FolderFile[];
  faults: FolderFault[];
}

interface Walk extends ListedFolder {
  root: string;
  limits: FolderLimits;
  bytes: number;
}

/** templates/<key>/<locale>/<file> is the deepest place. */
const depthMax = 4;

/**
 * All files of a folder in order of their paths. Left out: names that start with a dot (Kubernetes keeps its versions
 * there), and Markdown. A link is followed only to where it stays inside the folder. A folder that is not there has none.
 */
export async function listFolder(root: string, limits: FolderLimits): Promise<ListedFolder> {
  const walk: Walk = { root, limits, bytes: 0, files: [], faults: [] };
  try {
    walk.root = await realpath(root);
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return walk;
    throw error;
  }
  await walkFolder(walk, "", 1);
  return walk;
}

async function walkFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  const { root, limits, files, faults } = walk;
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name.endsWith(".md")) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (files.length >= limits.filesMax) {
      faults.push(fileFault(path, `is one of more than ${limits.filesMax} files`));
      return;
    }
    const kind = await kindOf(root, path, entry);
    if (kind === "folder" && depth < depthMax) await walkFolder(walk, path, depth + 1);
    else if (kind === "file") await addFile(walk, path);
    else faults.push(fileFault(path, kind === "folder" ? "lies too deep" : kind));
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

async function addFile(walk: Walk, path: string): Promise<void> {
  const { root, limits, files, faults } = walk;
  const handle = await open(join(root, path), "r");
  try {
    const { size } = await handle.stat();
    if (size > limits.fileBytesMax) {
      faults.push(fileFault(path, `is larger than ${limits.fileBytesMax} bytes`));
    } else if (walk.bytes + size > limits.bytesMax) {
      faults.push(fileFault(path, `takes the folder over ${limits.bytesMax} bytes`));
    } else {
      walk.bytes += size;
      files.push({ path, bytes: await handle.readFile() });
    }
  } finally {
    await handle.close();
  }
}

/** The file as text; undefined where it is none, which is reported. */
export function textOf(file: FolderFile, faults: FolderFault[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch {
    faults.push(fileFault(file.path, "is not UTF-8 text"));
    return undefined;
  }
}
