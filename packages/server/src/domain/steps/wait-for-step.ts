import { type WaitForStep, waitForStepSchema } from "@tidings/contract/wait-for-step";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, WaitForStep>();

export function waitFields(step: StepDefinition): WaitForStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = waitForStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

/** A run whose wait has ended has that in its journal. */
export const waitForStep: StepKind = {
  type: "wait_for",
  evaluate(step, { journal, baseTime }) {
    if (Object.hasOwn(journal, step.id)) return { kind: "next" };
    const wait = waitFields(step);
    return { kind: "await", wait, dueAt: baseTime + wait.timeoutSeconds * 1000 };
  },
};
