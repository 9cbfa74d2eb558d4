import type { Argument, Command, Option } from "./command.ts";
import { usage } from "./failure.ts";
import { globalOptions } from "./global-options.ts";
import { Input } from "./input.ts";
import { didYouMean } from "./nearest.ts";
import { parseOptions } from "./parse-options.ts";

/*
 * node:util's parseArgs splits; what the parts mean, and every word about what is wrong with them, comes from the table
 * of commands. Commander does both, but its declarations are calls: help as data, from which the reference is
 * generated, would have to be kept beside it, and it would be the only dependency that the command line has for itself.
 */

export type Parsed =
  | { kind: "command"; command: Command; input: Input }
  /** `words` names a command, a group of commands, or nothing. */
  | { kind: "help"; words: string };

/** Options may stand before the words of a command too, as far as every command has them. */
export function parse(argv: readonly string[], commands: readonly Command[]): Parsed {
  const { before, rest } = splitGlobals(argv);
  const words = wordsOf(rest);
  if (words[0] === "help") return { kind: "help", words: namedWords(words.slice(1).join(" "), commands) };
  const command = commands
    .filter(({ name }) => words.slice(0, name.split(" ").length).join(" ") === name)
    .reduce<Command | undefined>(
      (best, each) => (best && best.name.length > each.name.length ? best : each),
      undefined,
    );
  if (command === undefined) return withoutCommand(before, rest, words, commands);
  const args = [...before, ...rest.slice(command.name.split(" ").length)];
  const { options, positionals } = parseOptions(args, [...globalOptions, ...(command.options ?? [])]);
  if (options.get("help") === true) return { kind: "help", words: command.name };
  checkCount(command, positionals);
  return { kind: "command", command, input: new Input(options, positionals) };
}

/** Words of a command, or of a group of commands, that there is. */
function namedWords(words: string, commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  if (words === "" || names.some((name) => name === words || name.startsWith(`${words} `))) return words;
  throw usage(
    `there is no command ${JSON.stringify(words)}`,
    didYouMean(words, names) ?? "tidings help lists the commands",
  );
}

/** Words at the beginning that are no options. */
function wordsOf(args: readonly string[]): string[] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return args.slice(0, end === -1 ? args.length : end);
}

/** The options in front of the command. A word that follows one which takes a value is that value. */
function splitGlobals(argv: readonly string[]): { before: string[]; rest: string[] } {
  let at = 0;
  while (argv[at]?.startsWith("-") && argv[at] !== "--") {
    const option = optionOf(argv[at] ?? "", globalOptions);
    at += option?.value !== undefined && !argv[at]?.includes("=") ? 2 : 1;
  }
  return { before: argv.slice(0, at), rest: argv.slice(at) };
}

function optionOf(arg: string, options: readonly Option[]): Option | undefined {
  const name = arg.replace(/^--?/, "").replace(/=.*$/s, "");
  return options.find((option) => (arg.startsWith("--") ? option.name === name : option.short === name));
}

function withoutCommand(
  before: readonly string[],
  rest: readonly string[],
  words: readonly string[],
  commands: readonly Command[],
): Parsed {
  const { options } = parseOptions([...before, ...rest.slice(words.length)], globalOptions);
  if (words.length === 0) return { kind: "help", words: "" };
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  const [, second] = words;
  if (group.length > 0 && second === undefined) {
    if (options.get("help") === true) return { kind: "help", words: words[0] ?? "" };
    throw usage(`${words[0]} needs one of: ${group.map(({ name }) => name.slice(name.indexOf(" ") + 1)).join(", ")}`);
  }
  const names = commands.map(({ name }) => name);
  const typed = words.slice(0, 2).join(" ");
  const firstWords = [...new Set(names.map((name) => name.split(" ")[0] ?? ""))];
  const hint =
    group.length > 0 ? didYouMean(typed, names) : (didYouMean(words[0] ?? "", firstWords) ?? didYouMean(typed, names));
  throw usage(
    `there is no command ${JSON.stringify(group.length > 0 ? typed : words[0])}`,
    hint ?? "tidings help lists the commands",
  );
}

function checkCount(command: Command, positionals: readonly string[]): void {
  const declared: readonly Argument[] = command.arguments ?? [];
  const missing = declared.slice(positionals.length).find((argument) => argument.optional === undefined);
  const hint = `tidings help ${command.name}`;
  if (missing !== undefined) throw usage(`${command.name} needs <${missing.name}>: ${missing.summary}`, hint);
  const extra = declared.at(-1)?.many ? undefined : positionals[declared.length];
  if (extra !== undefined) throw usage(`${command.name} does not take ${JSON.stringify(extra)}`, hint);
}
