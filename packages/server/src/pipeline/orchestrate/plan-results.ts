import { sealContext } from "../../domain/event-payload.ts";
import type { RunPlan } from "../../domain/run-plan.ts";
import type { StepFacts } from "../../domain/steps/step-kind.ts";
import type { OrchestrateKeyring } from "./ports.ts";

/** With the results that a turn came to itself: what it makes reads them. */
export function withResults<Of extends Pick<StepFacts, "journal">>(of: Of, { journal }: RunPlan): Of {
  return journal === undefined ? of : { ...of, journal };
}

/** They are journalled with what the turn makes; undefined where it came to none. */
export function sealedResults(
  { journal }: RunPlan,
  environmentId: number,
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment">,
): string | undefined {
  if (journal === undefined) return undefined;
  return keyring.sealForEnvironment(environmentId, sealContext.journal, JSON.stringify(journal));
}
