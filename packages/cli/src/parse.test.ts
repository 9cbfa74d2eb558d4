import { describe, expect, test } from "vitest";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import { Failure } from "./failure.ts";
import { globalOptions } from "./global-options.ts";
import { parse } from "./parse.ts";

const command = (name: string, parts: Partial<Command> = {}): Command => ({
  name,
  summary: "",
  examples: [],
  json: "",
  run: async () => "ok",
  ...parts,
});

const table: readonly Command[] = [
  command("send", {
    arguments: [{ name: "event", summary: "an event" }],
    options: [
      { name: "recipient", short: "r", value: "<id>", many: true, summary: "" },
      { name: "limit", value: "<n>", summary: "" },
      { name: "wait", short: "w", summary: "" },
    ],
  }),
  command("keys list"),
  command("keys revoke", { arguments: [{ name: "id", summary: "an id" }] }),
  command("replay", { arguments: [{ name: "id", summary: "ids", optional: true, many: true }] }),
];

function parsed(...argv: string[]) {
  const result = parse(argv, table);
  if (result.kind !== "command") throw new Error("this is help");
  return result;
}

function refusal(...argv: string[]): [string, string | undefined] {
  try {
    parse(argv, table);
  } catch (error) {
    if (error instanceof Failure) return [error.message, error.hint];
    throw error;
  }
  throw new Error("was not refused");
}

describe("a call", () => {
  test("names its command, with options before, between and after the arguments", () => {
    const { command, input } = parsed("--json", "--url", "http://x", "send", "-w", "order", "-r", "a", "--recipient=b");
    expect(command.name).toBe("send");
    expect(input.arguments).toEqual(["order"]);
    expect(input.list("recipient")).toEqual(["a", "b"]);
    expect([input.flag("wait"), input.flag("json"), input.flag("quiet")]).toEqual([true, true, false]);
    expect(input.text("url")).toBe("http://x");
  });

  test("takes the longest name that fits, and everything after -- as arguments", () => {
    expect(parsed("keys", "revoke", "x").command.name).toBe("keys revoke");
    expect(parsed("send", "--", "--wait").input.arguments).toEqual(["--wait"]);
    expect(parsed("replay", "a", "b", "c").input.arguments).toHaveLength(3);
  });

  test("asks for help of everything, of a group, or of a command", () => {
    for (const [argv, words] of [
      [[], ""],
      [["--help"], ""],
      [["help"], ""],
      [["help", "keys"], "keys"],
      [["keys", "-h"], "keys"],
      [["send", "--help"], "send"],
      [["help", "keys", "list"], "keys list"],
    ] as const) {
      expect(parse(argv, table)).toEqual({ kind: "help", words });
    }
  });

  test.each([
    [["sned", "x"], 'there is no command "sned"', "Did you mean send?"],
    [["keys", "lsit"], 'there is no command "keys lsit"', "Did you mean keys list?"],
    [["help", "snd"], 'there is no command "snd"', "Did you mean send?"],
    [["keys"], "keys needs one of: list, revoke", undefined],
    [["zzzzzzzz"], 'there is no command "zzzzzzzz"', "tidings help lists the commands"],
    [["send", "x", "--recipeint", "a"], "there is no option --recipeint", "Did you mean --recipient?"],
    [["send", "x", "-z"], "there is no option -z", "--help lists the options"],
    [["send", "x", "--recipient"], "--recipient needs a value: --recipient <id>", undefined],
    [
      ["send", "x", "--recipient", "--wait"],
      "--recipient needs a value: --recipient <id>",
      "Where the value begins with a dash: --recipient=--wait",
    ],
    [["send", "x", "--wait=yes"], "--wait takes no value", undefined],
    [["send", "x", "--limit", "1", "--limit", "2"], "--limit was given twice", undefined],
    [["send"], "send needs <event>: an event", "tidings help send"],
    [["keys", "list", "extra"], 'keys list does not take "extra"', "tidings help keys list"],
  ] as const)("%j is refused by what is wrong with it", (argv, message, hint) => {
    expect(refusal(...argv)).toEqual([message, hint]);
  });

  test("may give a negative number, and a text that begins with a dash after =", () => {
    expect(parsed("send", "x", "--limit", "-5").input.text("limit")).toBe("-5");
    expect(parsed("send", "x", "--limit=--5").input.text("limit")).toBe("--5");
  });

  test("gives numbers within their range alone", () => {
    const { input } = parsed("send", "x", "--limit", "5");
    expect(input.whole("limit", [1, 10])).toBe(5);
    expect(() => input.whole("limit", [6, 10])).toThrow("--limit must be a number from 6 to 10");
    expect(() => parsed("send", "x", "--limit", "1.5").input.whole("limit", [1, 10])).toThrow("whole number");
    expect(() => parsed("send", "x", "--limit", "x").input.number("limit", [1, 10])).toThrow('not "x"');
  });
});

describe("the table of commands", () => {
  test("has unique names, and no option of a command hides one of all commands", () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
    for (const { name, options = [] } of commands) {
      const names = [...globalOptions, ...options].flatMap((option) => [
        `--${option.name}`,
        option.short ?? `--${option.name}-`,
      ]);
      expect(
        names.filter((each, index) => names.indexOf(each) !== index),
        name,
      ).toEqual([]);
    }
  });

  test("has an example for each command, which parses, and says what --json gives", () => {
    for (const { name, examples, json, summary } of commands) {
      expect(examples.length, name).toBeGreaterThan(0);
      expect(json, name).not.toBe("");
      expect(summary, name).not.toBe("");
      for (const { line } of examples) {
        const result = parse(wordsOf(line), commands);
        expect(result.kind === "command" ? result.command.name : "help", line).toBe(name);
      }
    }
  });
});

/** Words of a shell's line up to a pipe; enough for what the examples quote. */
function wordsOf(line: string): string[] {
  const words = [...(line.split(" | ")[0] ?? "").matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );
  return words.slice(1);
}
