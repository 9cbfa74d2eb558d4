import type { Condition, ConditionOperator } from "@tidings/contract/conditions";
import { canonicalJson } from "./canonical-json.ts";
import type { StepFacts } from "./steps/step-kind.ts";

/** Whether a condition holds. A field that is not there equals nothing, and no comparison with it holds. */
export function holds(condition: Condition, facts: StepFacts): boolean {
  if ("all" in condition) return condition.all.every((part) => holds(part, facts));
  if ("any" in condition) return condition.any.some((part) => holds(part, facts));
  if ("not" in condition) return !holds(condition.not, facts);
  return compare(condition.op, factAt(condition.field, facts), condition.value);
}

/** What stands at a path that begins with `data`, `recipient` or `steps`. */
export function factAt(field: string, facts: Pick<StepFacts, "data" | "recipient" | "messages" | "journal">): unknown {
  const [root, ...path] = field.split(".");
  if (root === "steps")
    return valueAt(facts.messages.get(path[0] ?? "") ?? facts.journal[path[0] ?? ""], path.slice(1));
  return valueAt(root === "data" ? facts.data : facts.recipient, path);
}

/** The value at a path of own members; nothing inherited is ever read. */
export function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const operators: Record<ConditionOperator, (actual: unknown, expected: unknown) => boolean> = {
  eq: same,
  ne: (actual, expected) => !same(actual, expected),
  gt: (actual, expected) => order(actual, expected, (difference) => difference > 0),
  gte: (actual, expected) => order(actual, expected, (difference) => difference >= 0),
  lt: (actual, expected) => order(actual, expected, (difference) => difference < 0),
  lte: (actual, expected) => order(actual, expected, (difference) => difference <= 0),
  in: (actual, expected) => Array.isArray(expected) && expected.some((item) => same(actual, item)),
  contains: (actual, expected) =>
    typeof actual === "string"
      ? typeof expected === "string" && actual.includes(expected)
      : Array.isArray(actual) && actual.some((item) => same(item, expected)),
  exists: (actual, expected) => (actual !== undefined) === (expected !== false),
};

export function compare(op: ConditionOperator, actual: unknown, expected: unknown): boolean {
  return operators[op](actual, expected);
}

function same(a: unknown, b: unknown): boolean {
  return a !== undefined && canonicalJson(a) === canonicalJson(b);
}

function order(a: unknown, b: unknown, test: (difference: number) => boolean): boolean {
  if (typeof a === "number" && typeof b === "number") return test(a - b);
  if (typeof a === "string" && typeof b === "string") return test(a < b ? -1 : a > b ? 1 : 0);
  return false;
}
