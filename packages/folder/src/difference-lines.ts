import { pathText } from "@tidings/contract/faults";

type Path = readonly (string | number)[];

/** Lines of one text that are shown; what goes on is told by a count. */
const textLinesMax = 40;
/** Lines of one document. */
const linesMax = 400;

/** The same JSON, whatever the order of its names. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = namesOf(a, b);
  return names.every((name) => isEqual(Reflect.get(a, name), Reflect.get(b, name)));
}

/** What is different between two JSON values, field by field, a text line by line: `- steps[0].template: "a"`. */
export function differenceLines(before: unknown, after: unknown): string[] {
  const lines: string[] = [];
  compare(before, after, [], lines);
  return lines.length <= linesMax ? lines : [...lines.slice(0, linesMax), `  … ${lines.length - linesMax} more lines`];
}

function compare(before: unknown, after: unknown, path: Path, lines: string[]): void {
  if (isEqual(before, after)) return;
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const name of namesOf(before, after)) {
      const part = Array.isArray(before) ? Number(name) : name;
      compare(Reflect.get(before, name), Reflect.get(after, name), [...path, part], lines);
    }
    return;
  }
  if (isText(before) || isText(after)) {
    lines.push(`  ${pathText(path)}:`, ...textLines(before, after));
    return;
  }
  if (before !== undefined) lines.push(`- ${pathText(path)}: ${JSON.stringify(before)}`);
  if (after !== undefined) lines.push(`+ ${pathText(path)}: ${JSON.stringify(after)}`);
}

function textLines(before: unknown, after: unknown): string[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  return [
    ...shown("-", old.slice(start, old.length - end), start),
    ...shown("+", now.slice(start, now.length - end), start),
  ];
}

function shown(mark: string, lines: readonly string[], start: number): string[] {
  const head = lines
    .slice(0, textLinesMax)
    .map((line, index) => `${mark} ${String(start + index + 1).padStart(4)} ${line}`);
  return lines.length <= textLinesMax ? head : [...head, `${mark}      … ${lines.length - textLinesMax} more lines`];
}

function linesOf(value: unknown): string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? value.split("\n") : [JSON.stringify(value)];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isText = (value: unknown): boolean => typeof value === "string" && value.includes("\n");

/** Names that either has; what is undefined is not there, as in JSON. */
function namesOf(a: object, b: object): string[] {
  const has = (value: object, name: string): boolean => Reflect.get(value, name) !== undefined;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => has(a, name) || has(b, name));
}
