import { readFileSync } from "node:fs";
import { join } from "node:path";
import { write } from "./whole-folder.ts";

/** One way in which a folder is wrong, and what is said of it. */
export interface BrokenFolder {
  name: string;
  break: (root: string) => void;
  file: string;
  line: number;
  says: RegExp;
}

/** Writes a file. */
export const put = (path: string, content: string | Buffer) => (root: string) => write(root, path, content);
/** Replaces text of a file, which must be there. */
export const swap = (path: string, from: string | RegExp, to: string) => (root: string) => {
  const before = readFileSync(join(root, path), "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${path} has no ${from}`);
  write(root, path, after);
};
export const step = "{ id: a, type: channel, channel: email, template: newsletter }";
export const flow = (rest: string): string => `category: news\n${rest}`;
