import { channelStep } from "./channel-step.ts";
import { conditionStep } from "./condition-step.ts";
import { delayStep } from "./delay-step.ts";
import { digestStep } from "./digest-step.ts";
import { eventStep } from "./event-step.ts";
import { fetchStep } from "./fetch-step.ts";
import { firstOfStep } from "./first-of-step.ts";
import { recentStep } from "./recent-step.ts";
import type { StepKind } from "./step-kind.ts";
import { throttleStep } from "./throttle-step.ts";
import { waitForStep } from "./wait-for-step.ts";

/** Kinds of step by their type; a new kind joins here. */
export const stepKinds: ReadonlyMap<string, StepKind> = new Map(
  [
    channelStep,
    delayStep,
    conditionStep,
    fetchStep,
    digestStep,
    throttleStep,
    firstOfStep,
    recentStep,
    waitForStep,
    eventStep,
  ].map((kind) => [kind.type, kind]),
);
