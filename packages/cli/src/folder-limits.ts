import type { ReadFolderOptions } from "@tidings/folder/read-folder";

const MIB = 1024 * 1024;

/** What is read of a notifications folder; as much as a server reads of its own by default. */
export const folderLimits: ReadFolderOptions["limits"] = {
  filesMax: 2000,
  fileBytesMax: MIB,
  bytesMax: 64 * MIB,
  runMs: 20_000,
  memoryMib: 256,
};
