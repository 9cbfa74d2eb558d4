import type { ThrottleStep } from "@tidings/contract/throttle-step";
import type { ThrottleClaim } from "../../ports/store/orchestrate.ts";
import type { RunFrame } from "./run-frame.ts";
import { decision } from "./run-output.ts";
import { stepKey } from "./step-key.ts";

/** What a run must be granted before what it makes behind these throttles is written. */
export function throttleClaims(
  frame: RunFrame,
  recipient: string,
  throttles: readonly ThrottleStep[],
): ThrottleClaim[] {
  return throttles.map((step) => ({
    environmentId: frame.environmentId,
    hash: stepKey(frame, recipient, step),
    runId: frame.id,
    limit: step.limit,
    windowMs: step.windowSeconds * 1000,
    now: frame.now,
    decision: decision(frame, recipient, {
      step: step.id,
      channel: "",
      outcome: "ended",
      reason: "throttled",
      detail: step.key ?? "",
    }),
  }));
}
