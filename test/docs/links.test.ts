import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { repositoryFiles } from "../../scripts/files.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = repositoryFiles().filter((path) => path.endsWith(".md"));

/** As GitHub names the headings of a page. */
function anchorsOf(path: string): string[] {
  const text = readFileSync(path, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
    ([link, path = "", anchor]) => {
      const target = path === "" ? join(root, page) : join(root, dirname(page), path);
      if (!existsSync(target)) return [`${page} ${link}`];
      if (anchor === undefined || !target.endsWith(".md") || anchorsOf(target).includes(anchor)) return [];
      return [`${page} ${link}`];
    },
  );
}

test("there are pages", () => {
  expect(pages.length).toBeGreaterThan(10);
});

test.each(pages)("every link of %s leads somewhere", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});
