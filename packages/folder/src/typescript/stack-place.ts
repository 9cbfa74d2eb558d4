import { SourceMap } from "node:module";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { type Place, startOf } from "../fault.ts";

const mapSchema = z.object({
  version: z.int(),
  file: z.string().default(""),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()).default([]),
  names: z.array(z.string()),
  mappings: z.string(),
  sourceRoot: z.string().default(""),
});

/** The script is wrapped in a function on its first line. */
export const wrapper = "(module, exports, require) => {";

/**
 * Where the folder's own source threw: the first frame of the stack that lies in the script and leads, through its source
 * map, into the folder. `script` is the name that the script ran under.
 */
export function placeInStack(stack: string, script: string, map: string, root: string, file: string): Place {
  const source = new SourceMap(mapSchema.parse(JSON.parse(map)));
  for (const frame of stack.split("\n")) {
    const at = frame.indexOf(`${script}:`);
    const [, line, column] = at < 0 ? [] : (/^:(\d+):(\d+)/.exec(frame.slice(at + script.length)) ?? []);
    if (line === undefined || column === undefined) continue;
    const offset = line === "1" ? wrapper.length : 0;
    const found = source.findEntry(Number(line) - 1, Number(column) - 1 - offset);
    if (!("originalSource" in found)) continue;
    const path = relative(root, resolve(root, found.originalSource));
    if (path.startsWith("..") || isAbsolute(path)) continue;
    return { file: path.split(sep).join("/"), line: found.originalLine + 1, column: found.originalColumn + 1 };
  }
  return startOf(file);
}
