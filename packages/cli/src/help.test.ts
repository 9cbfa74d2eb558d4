import { describe, expect, test } from "vitest";
import { generateCliReference } from "./cli-reference.ts";
import { commands } from "./commands.ts";
import { globalOptions } from "./global-options.ts";
import { helpLines, optionText, wrap } from "./help.ts";

describe("help", () => {
  test("lists every command and every option of all", () => {
    const text = helpLines("", commands, "1.2.3", 100).join("\n");
    for (const { name } of commands) expect(text).toContain(`  ${name} `);
    for (const option of globalOptions) expect(text).toContain(optionText(option));
    expect(text).toContain("1.2.3");
  });

  test.each(commands.map(({ name }) => name))("of %s has its options and examples", (name) => {
    const command = commands.find((each) => each.name === name);
    const text = helpLines(name, commands, "0", 100).join("\n");
    for (const option of command?.options ?? []) expect(text).toContain(optionText(option));
    for (const { line } of command?.examples ?? []) expect(text).toContain(line);
  });

  test("of a group lists its commands", () => {
    const lines = helpLines("keys", commands, "0", 100);
    expect(lines.filter((line) => line.startsWith("  keys "))).toHaveLength(3);
  });

  test.each([40, 80, 200])("keeps within %s columns where words allow it", (columns) => {
    const lines = helpLines("", commands, "0", columns);
    const prose = lines.filter((line) => line.startsWith(" ".repeat(32)));
    const tooLong = prose.filter((line) => line.length > Math.max(columns, 52) && line.trim().includes(" "));
    expect(tooLong).toEqual([]);
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  });
});

test("the reference has a section for each command, and tables that hold", () => {
  const page = generateCliReference();
  for (const { name } of commands) expect(page).toContain(`\n## tidings ${name}\n`);
  for (const line of page.split("\n").filter((each) => each.startsWith("|"))) {
    expect(line.replaceAll("\\|", "").match(/\|/g), line).toHaveLength(3);
  }
});
