import { parseArgs } from "node:util";
import type { Option } from "./command.ts";
import { usage } from "./failure.ts";
import { didYouMean } from "./nearest.ts";

/** Options by name, and everything else in order. What is unknown, lacks its value or came twice is refused. */
export function parseOptions(
  args: readonly string[],
  known: readonly Option[],
): { options: Map<string, string | boolean | string[]>; positionals: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      known.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short ? { short } : {}) },
      ]),
    ),
  });
  const options = new Map<string, string | boolean | string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = known.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, known);
    take(option, token, options);
  }
  return { options, positionals };
}

function take(
  option: Option,
  { value, inlineValue, rawName }: { value?: string | undefined; inlineValue?: boolean | undefined; rawName: string },
  options: Map<string, string | boolean | string[]>,
): void {
  if (option.value === undefined) {
    if (value !== undefined) throw usage(`${rawName} takes no value`);
    options.set(option.name, true);
    return;
  }
  if (value === undefined || value === "") throw usage(`${rawName} needs a value: ${rawName} ${option.value}`);
  if (inlineValue === false && /^--?[A-Za-z]/.test(value))
    throw usage(
      `${rawName} needs a value: ${rawName} ${option.value}`,
      `Where the value begins with a dash: --${option.name}=${value}`,
    );
  if (option.many === undefined) {
    if (options.has(option.name)) throw usage(`${rawName} was given twice`);
    options.set(option.name, value);
    return;
  }
  const list = options.get(option.name);
  options.set(option.name, Array.isArray(list) ? [...list, value] : [value]);
}

function unknownOption(rawName: string, known: readonly Option[]): Error {
  const name = rawName.replace(/^--?/, "");
  const meant = rawName.startsWith("--")
    ? didYouMean(
        name,
        known.map((option) => option.name),
      )
    : undefined;
  return usage(`there is no option ${rawName}`, meant?.replace("mean ", "mean --") ?? "--help lists the options");
}
