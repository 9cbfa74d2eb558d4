import type { DryRunRendering } from "../../../ports/dry-run.ts";
import type { RunRecord } from "../../../ports/store/orchestrate.ts";
import { openRun } from "../open-run.ts";
import type { PlannedRunTurn } from "../run-turn.ts";
import type { DryRunDependencies } from "./dependencies.ts";

/** By message: what a run that has waited would render it with, its journal among it. */
export async function renderingsOf(
  planned: readonly { record: RunRecord; planned: PlannedRunTurn }[],
  on: DryRunDependencies,
): Promise<Map<string, DryRunRendering>> {
  const renderings = new Map<string, DryRunRendering>();
  for (const { record, planned: one } of planned) {
    if (one.turn.messages.length === 0) continue;
    const run = await openRun(record, one.turn.now, on);
    if (run.status === "ends") continue;
    const { data, journal } = run.frame;
    for (const { id } of one.turn.messages) renderings.set(id, { recipient: run.person.facts, data, steps: journal });
  }
  return renderings;
}

export const unknownRendering = (recipient: string): DryRunRendering => ({
  recipient: { id: recipient, attributes: {} },
  data: {},
  steps: undefined,
});
