import { channelStep } from "./channel-step.ts";
import { conditionStep } from "./condition-step.ts";
import { delayStep } from "./delay-step.ts";
import { fetchStep } from "./fetch-step.ts";
import type { StepKind } from "./step-kind.ts";

/** Kinds of step by their type; a new kind joins here. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(
  [channelStep, delayStep, conditionStep, fetchStep].map((kind) => [kind.type, kind]),
);
