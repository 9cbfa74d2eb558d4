import { describe, expect, test } from "vitest";
import { blocksOf, type Page, pagesOf } from "./page.ts";
import { compilerFaults, snippetsOf } from "./snippets.ts";

const text = "```ts\nconst fine = 1;\nexport const wrong: string = fine;\n```\n";
const wrong: Page = { name: "wrong", path: "wrong.md", text, blocks: blocksOf(text) };

describe("TypeScript and JavaScript in docs/start", () => {
  const snippets = snippetsOf(pagesOf("docs/start"));

  test("is there", () => {
    expect(snippets.length).toBeGreaterThan(2);
  });

  test("compiles as strictly as the repository, and is really checked", { timeout: 300_000 }, () => {
    expect(compilerFaults([...snippets, ...snippetsOf([wrong])])).toEqual([
      "wrong.md:3 Type 'number' is not assignable to type 'string'.",
    ]);
  });
});
