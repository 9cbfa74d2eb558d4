import type { Fault } from "@tidings/contract/errors";
import { faultsOf } from "@tidings/contract/faults";
import { z } from "zod";

type Issue = z.core.$ZodIssue;

/**
 * Whether a value can be used as what the schema describes. A newer server may answer more than this SDK knows of:
 * unknown fields, new words where there was a list, new kinds of steps, longer texts. None of these is a fault; a missing
 * field or one of another type is. The value is taken as it came, so what is new in it can be read too.
 */
export function isUsable<T extends z.ZodType>(schema: T, value: unknown): value is z.output<T> {
  return faultsOfAnswer(schema, value).length === 0;
}

export function faultsOfAnswer(schema: z.ZodType, value: unknown): Fault[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  const issues = parsed.error.issues.filter((issue) => isFault(issue, value));
  return issues.length === 0 ? [] : faultsOf(new z.ZodError(issues));
}

/** `root` is the value that the issue's path starts from. */
function isFault(issue: Issue, root: unknown): boolean {
  const value = at(root, issue.path);
  switch (issue.code) {
    case "invalid_type":
      return true;
    case "invalid_value":
      return !issue.values.some((each) => typeof each === typeof value);
    case "invalid_union":
      // Without alternatives it is a discriminator that is new, or none at all.
      if (issue.errors.length === 0) return typeof value !== "string";
      return issue.errors.every((issues) => issues.some((inner) => isFault(inner, value)));
    case "invalid_element":
    case "invalid_key":
      return issue.issues.some((inner) => isFault(inner, value));
    case "custom":
      return issue.params?.["wrongType"] === true;
    default:
      return false;
  }
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const name of path) value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}
