import type { Step } from "./workflows.ts";

/** A step beside the path at which it stands, as in `steps[1].then[0]` or `steps[0].fallback.steps[0]`. */
export interface PlacedStep {
  step: Step;
  path: string;
}

/** All steps of a workflow with those of its branches and fallbacks, in the order in which they are written. */
export function placedSteps(steps: readonly Step[], path = "steps"): PlacedStep[] {
  return steps.flatMap((step, index) => {
    const own = { step, path: `${path}[${index}]` };
    if (step.type === "channel" || step.type === "first_of")
      return [own, ...placedSteps(step.fallback?.steps ?? [], `${own.path}.fallback.steps`)];
    if (step.type !== "condition") return [own];
    return [own, ...placedSteps(step.then, `${own.path}.then`), ...placedSteps(step.else ?? [], `${own.path}.else`)];
  });
}
