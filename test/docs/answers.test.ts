import { describe, expect, test } from "vitest";
import { jsonDifference, textDifference } from "./answers.ts";
import { blocksOf } from "./page.ts";

describe("an answer of a page", () => {
  const id = "019c8a3e-5f00-8a11-9c2d-3b4e5f607182";

  test("is the same where ids and times differ, and where there is more", () => {
    const said = { id, at: "2026-01-01T00:00:00Z", items: [{ state: "sent" }] };
    const real = { id: "x", at: "y", items: [{ state: "sent", more: 1 }, {}], more: true };
    expect(jsonDifference(said, real)).toBe("");
  });

  test.each([
    [{ state: "sent" }, { state: "queued" }, '.state should be "sent" and is "queued"'],
    [{ id }, {}, ".id should be a text"],
    [[1, 2], [1], " should be a list of 2"],
    [{ a: {} }, { a: null }, ".a should be an object"],
  ])("differs: %j and %j", (said, real, difference) => {
    expect(jsonDifference(said, real)).toBe(difference);
  });

  test("of text has every line, where … is anything", () => {
    expect(textDifference("a … c\n", "x\na b c\n")).toBe("");
    expect(textDifference("a … d\n", "x\na b c\n")).toBe('there is no line "a … d"');
  });
});

test("a page's blocks are found with their words, files and lines", () => {
  const text = "# A\n\n```sh run again\nls\n```\n\n```yaml file=a/b.yaml\na: 1\n```\n";
  expect(blocksOf(text)).toEqual([
    { language: "sh", words: ["run", "again"], file: undefined, text: "ls\n", line: 4 },
    { language: "yaml", words: ["file=a/b.yaml"], file: "a/b.yaml", text: "a: 1\n", line: 8 },
  ]);
});
