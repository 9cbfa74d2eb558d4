import { delayStepSchema } from "@tidings/contract/delay-step";
import { weekdays } from "@tidings/contract/local-time";
import { minuteOf, nextLocalTime } from "../local-time.ts";
import { timeZone } from "../time-zone.ts";
import type { StepKind } from "./step-kind.ts";

export const delayStep: StepKind = {
  type: "delay",
  evaluate(step, facts) {
    const { seconds = 0, until } = delayStepSchema.parse(step);
    if (until === undefined) return { kind: "wait", dueAt: facts.baseTime + seconds * 1000 };
    const weekday = until.weekday === undefined ? undefined : weekdays.indexOf(until.weekday);
    const zone = timeZone(facts.zone?.() ?? facts.recipient.timeZone);
    return { kind: "wait", dueAt: nextLocalTime(zone, facts.baseTime, minuteOf(until.time), weekday) };
  },
};
