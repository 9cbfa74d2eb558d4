import { throttleStepSchema } from "@tidings/contract/throttle-step";
import type { StepKind } from "./step-kind.ts";

export const throttleStep: StepKind = {
  type: "throttle",
  evaluate(step) {
    return { kind: "throttle", throttle: throttleStepSchema.parse(step) };
  },
};
