import type { Person } from "./person.ts";
import type { RunFrame } from "./run-frame.ts";
import { type LevelsSource, levelsOf, zoneOf } from "./timing-levels.ts";

/** By whose clock a run goes: its recipient's, else their tenant's, the environment's, or UTC. */
export function zoneOfRun(
  { environmentId, workflow, tenant }: Pick<RunFrame, "environmentId" | "workflow" | "tenant">,
  person: Person,
  source: LevelsSource,
): string {
  const { category } = workflow.document;
  return zoneOf(levelsOf(source, { environmentId, category, tenant }, person), person);
}
