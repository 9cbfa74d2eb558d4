import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { jsonDifference, textDifference } from "./answers.ts";
import type { Block, Page } from "./page.ts";
import type { Shell } from "./shell.ts";

export interface Surroundings {
  folder: string;
  shell: Shell;
  /** Address of the server, in place of the one that the pages name. */
  url: string;
}

const documentedUrl = "http://127.0.0.1:4400";

/**
 * Does what a page tells its reader, in order: writes `file=` blocks, runs `run` blocks, and compares an `answer` block
 * with what the block before it printed. `again` marks a command that only looks, which is repeated until it says what
 * the page says. Gives how many blocks were run.
 */
export async function followPage(page: Page, surroundings: Surroundings): Promise<number> {
  let ran = 0;
  for (const [index, block] of page.blocks.entries()) {
    if (block.file !== undefined) write(block, block.file, surroundings);
    if (!block.words.includes("run")) continue;
    ran += 1;
    const next = page.blocks[index + 1];
    const answer = next?.words.includes("answer") ? next : undefined;
    await runBlock(page, block, answer, surroundings);
  }
  return ran;
}

function write(block: Block, file: string, { folder, url }: Surroundings): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), block.text.replaceAll(documentedUrl, url));
}

async function runBlock(
  page: Page,
  block: Block,
  answer: Block | undefined,
  surroundings: Surroundings,
): Promise<void> {
  const { shell, url } = surroundings;
  const once = async (): Promise<string> => {
    const output = await shell.run(block.text.replaceAll(documentedUrl, url));
    return answer === undefined ? "" : difference(answer, output.replaceAll(url, documentedUrl));
  };
  let last = "";
  const isRight = async (): Promise<boolean> => {
    last = await once().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    return last === "";
  };
  if (await isRight()) return;
  if (block.words.includes("again")) {
    const found = await vi.waitUntil(isRight, { timeout: 10_000, interval: 100 }).catch(() => false);
    if (found) return;
  }
  throw new Error(`${page.path}:${block.line}: ${last}`);
}

function difference(answer: Block, output: string): string {
  if (answer.language !== "json")
    return textDifference(answer.text, output) && `${textDifference(answer.text, output)} in:\n${output}`;
  const found = jsonDifference(JSON.parse(answer.text), JSON.parse(output));
  return found && `${found} in:\n${output}`;
}
