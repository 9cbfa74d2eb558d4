import type { NewRun } from "../../ports/store/orchestrate.ts";
import type { RunFrame } from "./run-frame.ts";

/** A run as it is first written, with what it has of its frame: it waits for time alone, unless `own` says more. */
export function newRun(
  frame: RunFrame,
  recipient: string,
  own: Pick<NewRun, "step" | "dueAt" | "cancellationHash"> & Partial<NewRun>,
): NewRun {
  return {
    id: frame.id,
    environmentId: frame.environmentId,
    eventId: frame.eventId,
    workflow: frame.workflow.key,
    workflowVersion: frame.workflow.version,
    recipient,
    tenant: frame.tenant,
    lane: frame.lane,
    expiresAt: frame.expiresAt,
    journal: null,
    createdAt: frame.now,
    effectKey: null,
    gathers: false,
    order: frame.order,
    ...own,
  };
}
