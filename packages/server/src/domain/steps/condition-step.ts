import { conditionSchema } from "@tidings/contract/conditions";
import { holds } from "../condition.ts";
import type { StepKind } from "./step-kind.ts";

export const conditionStep: StepKind = {
  type: "condition",
  evaluate(step, facts) {
    const condition = conditionSchema.parse("if" in step ? step.if : undefined);
    return { kind: "branch", holds: holds(condition, facts) };
  },
};
