import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { parse as parseYaml } from "yaml";
import { type Failure, usage } from "./failure.ts";

/** The API takes no larger body either. */
const bytesMax = 8 * 1024 * 1024;

/** Text of a file that is named in a command; what is wrong with it is the caller's mistake. */
export async function readTextFile(path: string, cwd: string): Promise<string> {
  const full = resolve(cwd, path);
  try {
    const { size } = await stat(full);
    if (size > bytesMax) throw usage(`${path} has ${size} bytes; at most ${bytesMax} are read`);
    return await readFile(full, "utf8");
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): Failure | unknown {
  const code = error instanceof Error ? Reflect.get(error, "code") : undefined;
  if (code === "ENOENT") return usage(`there is no file ${path}`);
  return typeof code === "string" ? usage(`${path} cannot be read (${code})`) : error;
}

/** A value as an option has it: JSON, or `@file` for one that holds JSON or YAML. */
export async function readValue(option: string, text: string, cwd: string): Promise<unknown> {
  if (text.startsWith("@")) return parseAs(parseYaml, await readTextFile(text.slice(1), cwd), text.slice(1));
  return parseAs(JSON.parse, text, `--${option}`);
}

function parseAs(parse: (text: string) => unknown, text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw usage(`${name} cannot be read: ${first}`, "JSON such as '{\"order\":4711}', or @file of JSON or YAML");
  }
}
