import { delayStepSchema } from "@tidings/contract/delay-step";
import { nextLocalTime } from "../calendar-window.ts";
import type { StepKind } from "./step-kind.ts";

export const delayStep: StepKind = {
  type: "delay",
  evaluate(step, facts) {
    const { seconds = 0, until } = delayStepSchema.parse(step);
    if (until === undefined) return { kind: "wait", dueAt: facts.baseTime + seconds * 1000 };
    const { timeZone } = facts.recipient;
    return { kind: "wait", dueAt: nextLocalTime({ after: facts.baseTime, timeZone, ...until }) };
  },
};
