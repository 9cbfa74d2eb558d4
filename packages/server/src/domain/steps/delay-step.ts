import { delayStepSchema } from "@tidings/contract/workflows";
import type { StepKind } from "./step-kind.ts";

export const delayStep: StepKind = {
  type: "delay",
  evaluate(step, facts) {
    return { kind: "wait", dueAt: facts.baseTime + delayStepSchema.parse(step).seconds * 1000 };
  },
};
