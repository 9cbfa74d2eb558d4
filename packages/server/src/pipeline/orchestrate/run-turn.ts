import type { Delivery } from "../../domain/delivery.ts";
import { planRun, type RunPlan } from "../../domain/run-plan.ts";
import type { NewDecision, NewMessage, RunProgress, RunRecord, RunTurn } from "../../ports/store/orchestrate.ts";
import { effectKey } from "./effect-key.ts";
import { openRun, type RunServices } from "./open-run.ts";
import { programOf } from "./programs.ts";
import { outputOf } from "./run-output.ts";
import type { Traceable } from "./turn-spans.ts";

export interface PlannedRunTurn extends Traceable {
  turn: RunTurn;
  deliveries: Delivery[];
}

/** Plans the next turn of a run that has waited. Where it comes to an effect, that is only noted: nothing is asked for in a turn. */
export async function planRunTurn(record: RunRecord, now: number, services: RunServices): Promise<PlannedRunTurn> {
  const run = await openRun(record, now, services);
  if (run.status === "ends") return { turn: runTurn(record, now, run.progress, run.decisions), deliveries: [] };
  const { frame, person, facts } = run;
  const plan = planRun(programOf(frame.workflow.document), record.step, facts, services.steps);
  const { messages, decisions, deliveries } = outputOf(frame, person, plan, services);
  return { turn: runTurn(record, now, progressOf(record, plan.end, now), decisions, messages), deliveries };
}

function progressOf({ dueAt, tenant, journal }: RunRecord, end: RunPlan["end"], now: number): RunProgress {
  switch (end.kind) {
    case "done":
      return { kind: "completed" };
    case "wait":
      return { kind: "wait", step: end.at, dueAt: end.dueAt, journal };
    case "effect": {
      const key = effectKey(end.fetch, tenant);
      return { kind: "effect", step: end.at, baseAt: dueAt, dueAt: now, key, attempts: 0, journal };
    }
  }
}

export function runTurn(
  record: RunRecord,
  now: number,
  progress: RunProgress,
  decisions: readonly NewDecision[] = [],
  messages: readonly NewMessage[] = [],
): RunTurn {
  const { id: runId, environmentId, event, step } = record;
  const ofEffect = record.effect !== null;
  return { runId, environmentId, eventId: event.id, step, ofEffect, now, progress, messages, decisions };
}

/** A turn for a run that cannot be planned: it ends where someone sees it. */
export function deadRunTurn(record: RunRecord, now: number, detail: string): PlannedRunTurn {
  return { turn: runTurn(record, now, { kind: "dead", reason: "orchestration_failed", detail }), deliveries: [] };
}
