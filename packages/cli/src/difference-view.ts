import type { ConfigurationChange } from "@tidings/contract/configuration";
import type { DocumentDifference } from "@tidings/folder/diff";
import { plain, type Style, type Terminal } from "./terminal.ts";

export interface DifferenceOptions {
  /** Whether what the other side has alone goes. */
  prune: boolean;
}

/** What would be written or deleted. Without pruning what the other side has alone is none. */
export function effective(
  differences: readonly DocumentDifference[],
  { prune }: DifferenceOptions,
): DocumentDifference[] {
  return differences.filter(({ change }) => change !== "unchanged" && (change !== "extra" || prune));
}

/** The differences for people: a head for each document, and beneath it its lines. */
export function showDifferences(
  differences: readonly DocumentDifference[],
  options: DifferenceOptions,
  terminal: Terminal,
): void {
  for (const { kind, key, file, change, version, lines } of effective(differences, options)) {
    const [sign, style, what] = heads[change];
    const from = file === "" ? "" : `  ${terminal.style("dim", plain(file))}`;
    terminal.out(`${terminal.style(style, `${sign} ${kind} ${key}`)}  ${what(version)}${from}`);
    for (const line of lines) terminal.out(`    ${styledLine(line, terminal)}`);
  }
  const extra = differences.filter(({ change }) => change === "extra");
  if (extra.length > 0 && !options.prune) {
    terminal.note(
      `there alone, and left: ${extra.map(({ kind, key }) => `${kind} ${key}`).join(", ")} (--prune deletes them)`,
    );
  }
}

const heads: Record<DocumentDifference["change"], readonly [string, Style, (version: number) => string]> = {
  created: ["+", "green", () => "new"],
  changed: ["~", "yellow", (version) => `differs from version ${version}`],
  extra: ["-", "red", (version) => `is deleted, was version ${version}`],
  unchanged: [" ", "dim", () => "unchanged"],
};

function styledLine(line: string, terminal: Terminal): string {
  const text = plain(line);
  if (line.startsWith("-")) return terminal.style("red", text);
  return line.startsWith("+") ? terminal.style("green", text) : text;
}

/** Documents of which the server says that they change though nothing that can be compared does: values of secrets. */
export function secretChanges(
  differences: readonly DocumentDifference[],
  changes: readonly ConfigurationChange[],
): ConfigurationChange[] {
  const same = new Set(
    differences.filter(({ change }) => change === "unchanged").map(({ kind, key }) => `${kind} ${key}`),
  );
  return changes.filter(({ kind, key, change }) => change === "changed" && same.has(`${kind} ${key}`));
}

export function showChanges(changes: readonly ConfigurationChange[], terminal: Terminal): void {
  for (const { kind, key, version, change } of changes) {
    if (change === "unchanged") continue;
    terminal.out(`${kind} ${key}  ${change === "deleted" ? "deleted" : `version ${version}`}`);
  }
}
