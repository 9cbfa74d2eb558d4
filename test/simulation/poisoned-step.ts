import type { StepKind } from "../../packages/server/src/domain/steps/step-kind.ts";

/** Kinds of step of which one cannot be planned where the event's data says so. */
export function poisoned(kinds: ReadonlyMap<string, StepKind>): ReadonlyMap<string, StepKind> {
  const fetch = kinds.get("fetch");
  if (fetch === undefined) throw new Error("there is no fetch step");
  const evaluate: StepKind["evaluate"] = (step, facts) => {
    if (facts.data.poison === "evaluate") throw new Error("planted: no plan");
    return fetch.evaluate(step, facts);
  };
  return new Map([...kinds, [fetch.type, { type: fetch.type, evaluate }]]);
}
