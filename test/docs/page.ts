import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A fenced block of a page. What follows the language are words for the tests; a reader of the page does not see them. */
export interface Block {
  language: string;
  /** `run`, `again`, `answer`, or none. */
  words: readonly string[];
  /** From `file=…`: where the reader is told to write it. */
  file: string | undefined;
  text: string;
  /** Of its first line in the page. */
  line: number;
}

export interface Page {
  name: string;
  path: string;
  text: string;
  blocks: readonly Block[];
}

const fenced = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm;

export function pagesOf(folder: string): Page[] {
  const root = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  return readdirSync(root)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => pageOf(join(root, name)));
}

function pageOf(path: string): Page {
  const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  return { name: basename(path, ".md"), path, text, blocks: blocksOf(text) };
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(fenced)].map(({ 1: language = "", 2: info = "", 3: body = "", index }) => {
    const words = info.split(" ").filter(Boolean);
    const file = words.find((word) => word.startsWith("file="))?.slice("file=".length);
    return { language, words, file, text: body, line: text.slice(0, index).split("\n").length + 1 };
  });
}
