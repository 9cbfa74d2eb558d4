import { type FetchStep, fetchStepSchema } from "@tidings/contract/workflows";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, FetchStep>();

function fieldsOf(step: StepDefinition): FetchStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = fetchStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

export const fetchStep: StepKind = {
  type: "fetch",
  evaluate(step, facts) {
    return Object.hasOwn(facts.journal, step.id) ? { kind: "next" } : { kind: "effect", fetch: fieldsOf(step) };
  },
};

/** Host and port that a step asks: they are literal in its URL. */
export function hostOf({ request }: FetchStep): string {
  return (/^https?:\/\/([^/?#]+)/.exec(request.url)?.[1] ?? "").toLowerCase();
}
