import { describe, expect, test } from "vitest";
import { diff } from "./diff.ts";
import { differenceLines } from "./difference-lines.ts";

const local = (key: string, document: unknown, secretNames?: string[]) => ({
  ...{ kind: "integration" as const, key, file: "integrations.yaml", document },
  ...(secretNames === undefined ? {} : { secretNames }),
});
const remote = (key: string, document: unknown, secretNames?: string[]) => ({
  ...{ kind: "integration" as const, key, version: 3, document },
  ...(secretNames === undefined ? {} : { secretNames }),
});

describe("a difference", () => {
  test("tells what is created, changed, unchanged and on the server alone", () => {
    const found = diff(
      [local("a", { x: 1 }), local("b", { x: 1 }), local("c", { y: 1, x: 1 })],
      [remote("b", { x: 2 }), remote("c", { x: 1, y: 1 }), remote("d", {})],
    );
    expect(found.map(({ key, change, version, lines }) => [key, change, version, lines])).toEqual([
      ["a", "created", 0, []],
      ["b", "changed", 3, ["- x: 2", "+ x: 1"]],
      ["c", "unchanged", 3, []],
      ["d", "extra", 3, []],
    ]);
  });

  test("shows the names of secrets and never a value", () => {
    const [found] = diff([local("a", { secrets: { password: "hunter2" } }, ["password"])], [remote("a", {}, [])]);
    expect(found?.lines).toEqual(['+ secretNames: ["password"]']);
    expect(diff([local("a", { secrets: { p: "x" } }, ["p"])], [remote("a", {}, ["p"])])[0]?.change).toBe("unchanged");
  });

  test("goes field by field, and through a text line by line", () => {
    expect(differenceLines({ steps: [{ id: "a" }], n: 1 }, { steps: [{ id: "b" }, { id: "c" }] })).toEqual([
      '- steps[0].id: "a"',
      '+ steps[0].id: "b"',
      '+ steps[1]: {"id":"c"}',
      "- n: 1",
    ]);
    expect(differenceLines({ text: "one\ntwo\nthree" }, { text: "one\n2\nthree" })).toEqual([
      "  text:",
      "-    2 two",
      "+    2 2",
    ]);
  });

  test("of a long text is cut", () => {
    const text = Array.from({ length: 100 }, (_, index) => `${index}`).join("\n");
    const lines = differenceLines({ text: "a\nb" }, { text });
    expect(lines.length).toBeLessThan(60);
    expect(lines.at(-1)).toMatch(/… 60 more lines/);
  });
});
