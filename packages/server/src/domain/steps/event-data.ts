import type { Json } from "@tidings/contract/data";
import { referenceIn } from "@tidings/contract/event-step";
import { factAt } from "../condition.ts";
import type { StepFacts } from "./step-kind.ts";

type Facts = Pick<StepFacts, "data" | "recipient" | "messages" | "journal">;

/**
 * Data of an event that a step sends: the step's own laid over that of the run's event, name by name. What a reference leads to
 * stands in its place; where nothing is there, a name is left out and an item of a list is null. Undefined where it would be larger than
 * `bytesMax`: references may multiply what they lead to, at each step of a chain again.
 */
export function eventData(
  template: { readonly [name: string]: Json } | undefined,
  facts: Facts,
  bytesMax: number,
): Record<string, unknown> | undefined {
  const own = template === undefined ? {} : filled(template, facts);
  const data: Record<string, unknown> = { ...facts.data, ...own };
  // What is referred to is shared until here, so that nothing has been multiplied yet.
  return lengthLeft(data, bytesMax) < 0 ? undefined : data;
}

function filled(members: { readonly [name: string]: Json }, facts: Facts): Record<string, unknown> {
  const entries = Object.entries(members).map(([name, value]) => [name, filledIn(value, facts)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function filledIn(value: Json, facts: Facts): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filledIn(item, facts) ?? null);
  const path = referenceIn(value);
  return path === undefined ? filled(value, facts) : factAt(path, facts);
}

/** What is left of `left` bytes behind the value's JSON, but for what escaping adds; it stops below zero. */
function lengthLeft(value: unknown, left: number): number {
  if (typeof value === "string") return left - 2 - Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return left - 5;
  let rest = left - 2;
  for (const [name, item] of Object.entries(value)) {
    if (rest < 0) return rest;
    rest = lengthLeft(item, rest - (Array.isArray(value) ? 1 : name.length + 4));
  }
  return rest;
}
