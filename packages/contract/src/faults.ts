import type { z } from "zod";
import type { Fault } from "./errors.ts";
import { limits } from "./limits.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Faults of a value that a schema refused, each with the path of what is wrong in it. An unknown field is named in the
 * path; of a union the faults are those of the alternative that was most likely meant. At most `limits.faults`.
 */
export function faultsOf(error: z.ZodError, prefix = ""): Fault[] {
  const faults: Fault[] = [];
  for (const issue of error.issues) addFaults(issue, issue.path, prefix, faults);
  return faults;
}

function addFaults(issue: Issue, path: Path, prefix: string, faults: Fault[]): void {
  if (faults.length >= limits.faults) return;
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys.slice(0, limits.faults - faults.length)) {
      faults.push({ path: pathText([...path, key], prefix), message: "is not known here" });
    }
    return;
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const meant = likeliest(issue.errors);
    if (meant === undefined) faults.push({ path: pathText(path, prefix), message: typesMessage(issue.errors) });
    else for (const inner of meant) addFaults(inner, [...path, ...inner.path], prefix, faults);
    return;
  }
  faults.push({ path: pathText(path, prefix), message: issue.message });
}

/** The alternative with the fewest faults among those whose type fits; undefined where none fits. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const issues of alternatives) {
    if (issues.some(isTypeAtRoot)) continue;
    const cost = issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
    if (cost < bestCost) {
      best = issues;
      bestCost = cost;
    }
  }
  return best;
}

const isTypeAtRoot = (issue: Issue): boolean => issue.code === "invalid_type" && issue.path.length === 0;

function typesMessage(alternatives: readonly (readonly Issue[])[]): string {
  const expected = new Set<string>();
  for (const issue of alternatives.flat()) if (issue.code === "invalid_type") expected.add(issue.expected);
  return `must be one of: ${[...expected].join(", ")}`;
}

/** A path as in `recipients[0].email`. A name that is no identifier is quoted; a long one is cut. */
export function pathText(path: Path, prefix = ""): string {
  let text = prefix;
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[\w$-]{1,100}$/.test(String(part))) text += text === "" ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part).slice(0, 100))}]`;
  }
  return text;
}
