import { type FirstOfStep, firstOfStepSchema } from "@tidings/contract/sending-steps";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, FirstOfStep>();

function fieldsOf(step: StepDefinition): FirstOfStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = firstOfStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

export const firstOfStep: StepKind = {
  type: "first_of",
  evaluate(step) {
    const { channels, template, fallback } = fieldsOf(step);
    const [channel] = channels;
    if (channel === undefined) throw new RangeError(`step ${step.id} names no channel`);
    return { kind: "send", channel, template, among: channels, fallback };
  },
};
