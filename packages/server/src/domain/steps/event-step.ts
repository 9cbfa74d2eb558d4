import { type EventStep, eventStepSchema } from "@tidings/contract/event-step";
import type { StepDefinition, StepKind } from "./step-kind.ts";

/** Fields of steps by the step of a workflow's document that they were read from; gone with it. */
const read = new WeakMap<StepDefinition, EventStep>();

function fieldsOf(step: StepDefinition): EventStep {
  const known = read.get(step);
  if (known !== undefined) return known;
  const fields = eventStepSchema.parse(step);
  read.set(step, fields);
  return fields;
}

/** A run is at a step once, and what it makes of it commits with where it stands behind it: the event is sent once. */
export const eventStep: StepKind = {
  type: "event",
  evaluate(step) {
    return { kind: "emit", event: fieldsOf(step) };
  },
};
