import { type DigestStep, digestStepSchema } from "@tidings/contract/digest-step";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, DigestStep>();

function fieldsOf(step: StepDefinition): DigestStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = digestStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

export const digestStep: StepKind = {
  type: "digest",
  evaluate(step, facts) {
    return Object.hasOwn(facts.journal, step.id) ? { kind: "next" } : { kind: "gather", digest: fieldsOf(step) };
  },
};
