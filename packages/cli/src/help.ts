import type { Command, Option } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { globalOptions } from "./global-options.ts";
import { pad } from "./table.ts";

const nameColumns = 30;

/** How a command is written: its words, arguments and options. */
export function usageOf(command: Command): string {
  const args = (command.arguments ?? []).map(({ name, optional, many }) => {
    const shown = many ? `${name}…` : name;
    return optional ? `[${shown}]` : `<${shown}>`;
  });
  return ["tidings", command.name, ...args, "[options]"].join(" ");
}

/** `-p, --profile <name>` */
export function optionText({ name, short, value }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

export function optionSummary({ summary, default: initial, many }: Option): string {
  const notes = [...(many ? ["may be repeated"] : []), ...(initial === undefined ? [] : [`default: ${initial}`])];
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}

/** Help of everything, of a group such as `keys`, or of one command, for a terminal of so many columns. */
export function helpLines(words: string, commands: readonly Command[], version: string, columns: number): string[] {
  const command = commands.find(({ name }) => name === words);
  if (command !== undefined) return commandHelp(command, columns);
  const group = commands.filter(({ name }) => name.startsWith(`${words} `));
  if (group.length > 0) return [`tidings ${words}`, "", ...rows(group.map(commandRow), columns)];
  return [
    `tidings ${version}: the command line of Tidings`,
    "",
    "usage: tidings <command> [options]",
    "",
    "commands:",
    ...rows(commands.map(commandRow), columns),
    "",
    "options of every command:",
    ...rows(globalOptions.map(optionRow), columns),
    ...rows([["--version", "Show the version"]], columns),
    "",
    "exit status:",
    ...rows(
      Object.values(exitCodes).map(({ code, means }) => [String(code), means]),
      columns,
      6,
    ),
    "",
    "tidings help <command> shows more, with examples.",
  ];
}

function commandHelp(command: Command, columns: number): string[] {
  const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ["", title, ...lines]);
  return [
    command.summary,
    "",
    `usage: ${usageOf(command)}`,
    ...(command.description ?? []).flatMap((text) => ["", ...wrap(text, columns)]),
    ...section(
      "arguments:",
      rows(
        (command.arguments ?? []).map(({ name, summary }): [string, string] => [name, summary]),
        columns,
      ),
    ),
    ...section("options:", rows((command.options ?? []).map(optionRow), columns)),
    ...section("options of every command:", rows(globalOptions.map(optionRow), columns)),
    ...section(
      "with --json:",
      wrap(command.json, columns - 2).map((line) => `  ${line}`),
    ),
    ...section(
      "examples:",
      command.examples.flatMap(({ line, says }) => [
        `  ${line}`,
        ...wrap(says, columns - 6).map((text) => `      ${text}`),
      ]),
    ),
  ];
}

const commandRow = ({ name, summary }: Command): [string, string] => [name, summary];
const optionRow = (option: Option): [string, string] => [optionText(option), optionSummary(option)];

function rows(entries: readonly (readonly [string, string])[], columns: number, width = nameColumns): string[] {
  return entries.flatMap(([name, text]) => {
    const [first = "", ...others] = wrap(text, Math.max(20, columns - width - 2));
    const indent = " ".repeat(width + 2);
    const head = `  ${pad(name, width)}`;
    const own = [...name].length >= width ? [`  ${name}`, `${indent}${first}`] : [`${head}${first}`];
    return [...own, ...others.map((line) => `${indent}${line}`)];
  });
}

/** Breaks at spaces. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
